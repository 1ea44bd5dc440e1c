import { PageTitle } from '../../components/PageTitle';

export function HelpPage() {
  return (
    <div class="stack">
      <PageTitle title="Help" />
    </div>
  );
}
