import { get } from '../../api/client';
import type { Change, ChangePage, Columns, Product } from '../../api/types';
import { href } from '../../app/route';
import { Button, ButtonLink } from '../../components/Button';
import { Loading } from '../../components/Loading';
import { Moment } from '../../components/Moment';
import { PageTitle } from '../../components/PageTitle';
import { Problem } from '../../components/Problem';
import { Table } from '../../components/Table';
import { labelOf, useColumns } from '../../logic/columns';
import { decimal, number } from '../../logic/format';
import { usePages } from '../../logic/pages';
import { useResource } from '../../logic/resource';
import { ProductStatus } from './ProductTable';

/** One product: what is true now, where each value came from, and what uploads have changed. */
export function OneProduct({ productId }: { readonly productId: string }) {
  const found = useResource((signal) => get<Product>(['products', productId], { signal }), [productId]);
  const columns = useColumns();
  if (found.error?.kind === 'not-found') return <NoSuchProduct productId={productId} />;
  if (found.error) return <Problem error={found.error} retry={found.reload} />;
  if (!found.data) return <Loading what="the product" lines={6} />;
  const product = found.data;
  return (
    <div class="stack">
      <p class="back">
        <a href={href('products')}>All products</a>
      </p>
      <PageTitle title={product.product_name}>
        <p class="row">
          <span class="mono theirs">{product.vendor_product_id}</span>
          <ProductStatus status={product.status} />
        </p>
      </PageTitle>
      <section class="card" aria-label="Values">
        <Values product={product} columns={columns} />
      </section>
      <section class="stack" aria-labelledby="changes">
        <h2 id="changes">Changes</h2>
        <Changes productId={productId} columns={columns} />
      </section>
    </div>
  );
}

const ORDER = [
  'sku', 'price', 'compare_at_price', 'stock_quantity', 'category', 'subcategory', 'brand', 'unit', 'weight_kg',
  'dimensions_cm', 'image_url', 'description',
] as const;

function Values({ product, columns }: { readonly product: Product; readonly columns: Columns | null }) {
  return (
    <dl class="values">
      {ORDER.map((column) => (
        <div key={column} class={column === 'description' || column === 'image_url' ? 'values-long' : undefined}>
          <dt>{labelOf(column, columns)}</dt>
          <dd>
            <Value value={product[column]} column={column} columns={columns} />
            <Source product={product} column={column} />
          </dd>
        </div>
      ))}
      <div>
        <dt>In the catalogue since</dt>
        <dd>
          <Moment at={product.created_at} />
          <div class="small">
            <a href={href('uploads', product.origin.upload_id)}>upload, row {number(product.origin.row_number)}</a>
          </div>
        </dd>
      </div>
    </dl>
  );
}

interface ValueProps {
  readonly value: string | number | null;
  readonly column: string;
  readonly columns: Columns | null;
}

function Value({ value, column, columns }: ValueProps) {
  if (value === null || value === '') return <span class="soft">none</span>;
  const isNumber = columns?.columns.some(({ name, type }) => name === column && type === 'number') ?? false;
  return <span class="theirs">{isNumber ? decimal(String(value)) : value}</span>;
}

/** Where a value came from, if not with the product itself. */
function Source({ product, column }: { readonly product: Product; readonly column: string }) {
  const origin = product.changed[column];
  if (origin === undefined) return null;
  return (
    <div class="small soft">
      changed <Moment at={origin.at} />,{' '}
      <a href={href('uploads', origin.upload_id)}>row {number(origin.row_number)} of an upload</a>
    </div>
  );
}

function Changes({ productId, columns }: { readonly productId: string; readonly columns: Columns | null }) {
  const changes = usePages<Change>(
    (cursor, signal) =>
      get<ChangePage>(['products', productId, 'changes'], { query: { limit: 25, cursor }, signal }),
    productId,
  );
  if (changes.entries === null) {
    return changes.error ? <Problem error={changes.error} retry={changes.reload} /> : <Loading what="the changes" />;
  }
  if (changes.entries.length === 0) {
    return <p class="soft">Nothing has been changed since the product came in.</p>;
  }
  return (
    <>
      <Table label="Changes, the latest first" busy={changes.isLoading}>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {changes.entries.map((change) => (
            <tr key={`${change.upload_id} ${change.row_number} ${change.column}`}>
              <td>
                <Moment at={change.changed_at} />
                <div class="small">
                  <a href={href('uploads', change.upload_id)}>upload, row {number(change.row_number)}</a>
                </div>
              </td>
              <th scope="row">{labelOf(change.column, columns)}</th>
              <td class="soft">
                <Value value={change.old_value ?? null} column={change.column} columns={columns} />
              </td>
              <td>
                <Value value={change.new_value ?? null} column={change.column} columns={columns} />
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
      {changes.error && <Problem error={changes.error} retry={changes.reload} />}
      {changes.hasMore && (
        <p>
          <Button small busy={changes.isLoading} onClick={changes.more}>
            Show earlier changes
          </Button>
        </p>
      )}
    </>
  );
}

function NoSuchProduct({ productId }: { readonly productId: string }) {
  return (
    <div class="stack">
      <PageTitle title="No such product">
        <p class="soft">
          You have no product with the ID <span class="mono theirs">{productId}</span>.
        </p>
      </PageTitle>
      <p>
        <ButtonLink icon="products" href={href('products')}>
          All products
        </ButtonLink>
      </p>
    </div>
  );
}
