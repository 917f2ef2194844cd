import { CONTRACT_PATHS } from '../common/products/product-rules.js';
import { productAt, PRODUCTS } from '../common/products/products.js';

/**
 * The option by which a path of a product leads to its contract: `/clinic/auth/login` to `/auth/login`. The path as
 * requested stays in `request.originalUrl`, and tells the product. Empty if all products are at the paths of their
 * contracts.
 */
export function productPaths(): { rewriteUrl?: (request: { url?: string }) => string } {
  const isNeeded = PRODUCTS.some(({ basePath, contract }) => basePath !== CONTRACT_PATHS[contract]);
  return isNeeded ? { rewriteUrl: ({ url = '/' }) => toContract(url) } : {};
}

function toContract(url: string): string {
  const product = productAt(url);
  if (!product || product.basePath === CONTRACT_PATHS[product.contract]) return url;
  const contract = CONTRACT_PATHS[product.contract];
  const rest = url.slice(product.basePath.length);
  return `${contract === '/' ? '' : contract}${rest.startsWith('/') || contract !== '/' ? rest : `/${rest}`}`;
}
