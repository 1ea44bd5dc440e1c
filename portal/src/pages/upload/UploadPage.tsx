import { PageTitle } from '../../components/PageTitle';

export function UploadPage() {
  return (
    <div class="stack">
      <PageTitle title="New upload" />
    </div>
  );
}
