import { PageTitle } from '../../components/PageTitle';

export function HistoryPage() {
  return (
    <div class="stack">
      <PageTitle title="History" />
    </div>
  );
}
