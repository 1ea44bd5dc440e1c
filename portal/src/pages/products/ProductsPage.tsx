import './products.css';
import type { Page } from '../../app/pages';
import { OneProduct } from './OneProduct';
import { ProductList } from './ProductList';

/** The vendor's own catalogue: all of it, or one product. */
export const ProductsPage: Page = ({ route }) => {
  const [, productId] = route.segments;
  return productId === undefined ? <ProductList route={route} /> : <OneProduct productId={productId} />;
};
