import { PageTitle } from '../../components/PageTitle';

export function ProductsPage() {
  return (
    <div class="stack">
      <PageTitle title="Products" />
    </div>
  );
}
