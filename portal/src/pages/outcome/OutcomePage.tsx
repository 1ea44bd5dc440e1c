import { PageTitle } from '../../components/PageTitle';

export function OutcomePage() {
  return (
    <div class="stack">
      <PageTitle title="Outcome" />
    </div>
  );
}
