import { PageTitle } from '../../components/PageTitle';

export function SettingsPage() {
  return (
    <div class="stack">
      <PageTitle title="Settings" />
    </div>
  );
}
