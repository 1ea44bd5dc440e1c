import type { ProductSummary } from '../../api/types';
import { href } from '../../app/route';
import { Table } from '../../components/Table';
import { date, decimal, exactDateTime, number } from '../../logic/format';

export function ProductTable({ products, busy }: { readonly products: readonly ProductSummary[]; readonly busy: boolean }) {
  return (
    <Table label="Products, in the order of their IDs" busy={busy}>
      <thead>
        <tr>
          <th scope="col">Product</th>
          <th scope="col" class="wide">
            Category
          </th>
          <th scope="col" class="number">
            Price
          </th>
          <th scope="col" class="number">
            Stock
          </th>
          <th scope="col" class="wide">
            Changed
          </th>
        </tr>
      </thead>
      <tbody>
        {products.map((product) => (
          <ProductRow key={product.vendor_product_id} product={product} />
        ))}
      </tbody>
    </Table>
  );
}

function ProductRow({ product }: { readonly product: ProductSummary }) {
  return (
    <tr>
      <th scope="row" class="name">
        <a class="theirs" href={href('products', product.vendor_product_id)}>
          {product.product_name}
        </a>
        <div class="small soft theirs">
          {product.vendor_product_id} · {product.sku}
        </div>
        {product.status === 'inactive' && <ProductStatus status="inactive" />}
      </th>
      <td class="wide theirs">{product.category}</td>
      <td class="number">{decimal(product.price)}</td>
      <td class="number">{number(product.stock_quantity)}</td>
      <td class="wide keep">
        <time dateTime={product.updated_at} title={exactDateTime(product.updated_at)}>
          {date(product.updated_at)}
        </time>
      </td>
    </tr>
  );
}

export function ProductStatus({ status }: { readonly status: ProductSummary['status'] }) {
  return status === 'active' ? (
    <span class="status status-good">Active</span>
  ) : (
    <span class="status status-plain" title="Kept, and not shown to buyers">
      Inactive
    </span>
  );
}
