import { useState } from 'preact/hooks';
import { get, send } from '../../api/client';
import type { Categories, Export, ProductPage, ProductSummary } from '../../api/types';
import { href, hrefWith, navigate, type Route } from '../../app/route';
import { Button, ButtonLink } from '../../components/Button';
import { DownloadButton } from '../../components/DownloadButton';
import { Empty } from '../../components/Empty';
import { SearchField, SelectField } from '../../components/Field';
import { Loading } from '../../components/Loading';
import { Notice } from '../../components/Notice';
import { PageTitle } from '../../components/PageTitle';
import { Problem } from '../../components/Problem';
import { count } from '../../logic/format';
import { usePages } from '../../logic/pages';
import { useResource } from '../../logic/resource';
import { ProductTable } from './ProductTable';

const PAGE = 25;

interface Filters {
  readonly q: string;
  readonly category: string;
  readonly status: string;
}

export function ProductList({ route }: { readonly route: Route }) {
  const filters: Filters = {
    q: route.query.get('q') ?? '',
    category: route.query.get('category') ?? '',
    status: route.query.get('status') ?? '',
  };
  const products = usePages<ProductSummary>(
    (cursor, signal) => get<ProductPage>(['products'], { query: { ...filters, limit: PAGE, cursor }, signal }),
    JSON.stringify(filters),
  );
  const narrowed = Object.values(filters).some((value) => value !== '');
  const isEmpty = products.entries?.length === 0 && !products.isLoading && !products.error;
  if (isEmpty && !narrowed) return <NoProducts />;
  return (
    <div class="stack">
      <PageTitle title="Products">
        <p class="soft">What you have in TechMart’s catalogue today.</p>
      </PageTitle>
      <DownloadToEdit />
      <FilterFields filters={filters} />
      {products.error && <Problem error={products.error} retry={products.reload} />}
      {products.entries === null && !products.error && <Loading what="the products" lines={6} />}
      {isEmpty && (
        <Empty icon="search" title="No product is like that">
          <p class="soft">The search looks into product IDs, SKUs and names.</p>
          <Button onClick={() => navigate(href('products'), 'replace')}>Show all products</Button>
        </Empty>
      )}
      {products.entries !== null && products.entries.length > 0 && (
        <>
          <ProductTable products={products.entries} busy={products.isLoading} />
          <p class="row" role="status">
            <span class="soft">
              {count(products.entries.length, 'product')} shown{products.hasMore ? '' : ', that is all'}
            </span>
            {products.hasMore && (
              <Button small busy={products.isLoading} onClick={products.more}>
                Show more
              </Button>
            )}
          </p>
        </>
      )}
    </div>
  );
}

function FilterFields({ filters }: { readonly filters: Filters }) {
  const categories = useResource((signal) => get<Categories>(['categories'], { signal }), []);
  const set = (changed: Partial<Filters>) => navigate(hrefWith(['products'], { ...filters, ...changed }), 'replace');
  const names = categories.data?.categories ?? (filters.category ? [filters.category] : []);
  return (
    <search class="filters">
      <SearchField
        label="Search"
        wide
        placeholder="product ID, SKU or name"
        value={filters.q}
        onChange={(q) => set({ q })}
      />
      <SelectField
        label="Category"
        value={filters.category}
        options={[['', 'All categories'], ...names.map((name) => [name, name] as const)]}
        onChange={(category) => set({ category })}
      />
      <SelectField
        label="Status"
        value={filters.status}
        options={[
          ['', 'Any status'],
          ['active', 'Active'],
          ['inactive', 'Inactive'],
        ]}
        onChange={(status) => set({ status })}
      />
    </search>
  );
}

/** The way to change many products at once. */
function DownloadToEdit() {
  const [rows, setRows] = useState<number | null>(null);
  return (
    <section class="card edit" aria-labelledby="edit">
      <div>
        <h2 id="edit">Change many at once</h2>
        <p class="soft">
          Download your products, edit prices, stock or texts in a spreadsheet, and hand the file in as changes. Cells
          that you leave as they are change nothing.
        </p>
      </div>
      <DownloadButton<Export>
        ask={() => send<Export>('POST', ['exports'], { tries: 3 })}
        onLink={(link) => setRows(link.rows)}
      >
        Download to edit
      </DownloadButton>
      {rows !== null && (
        <Notice tone="good" title={`${count(rows, 'product')} in the file`}>
          <p>
            Edited? <a href={hrefWith([], { mode: 'update' })}>Hand it in as changes</a>.
          </p>
        </Notice>
      )}
    </section>
  );
}

function NoProducts() {
  return (
    <div class="stack">
      <PageTitle title="Products" />
      <Empty icon="products" title="No products in the catalogue yet">
        <p class="soft">
          As soon as the first file is through you can search your products here, see where every value came from, and
          download them all to edit.
        </p>
        <ButtonLink kind="primary" icon="upload" href={href()}>
          Add products
        </ButtonLink>
      </Empty>
    </div>
  );
}
