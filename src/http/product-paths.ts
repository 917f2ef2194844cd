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

/** First words of paths that belong to other contracts or to operators, who may block them in a proxy by their paths. */
const OUTSIDE = new Set(['', 'api', 'v1', 'health', 'metrics', 'docs', 'dev', 'platform']);

function toContract(url: string): string {
  const product = productAt(url);
  if (!product || product.basePath === CONTRACT_PATHS[product.contract]) return url;
  const contract = CONTRACT_PATHS[product.contract];
  const rest = url.slice(product.basePath.length);
  if (contract !== '/') return `${contract}${rest}`;
  return rest.startsWith('/') && !OUTSIDE.has(firstWord(rest)) ? rest : url;
}

/** The router decodes paths, too. */
function firstWord(path: string): string {
  const [word = ''] = path.slice(1).split(/[/?#;]/);
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}
