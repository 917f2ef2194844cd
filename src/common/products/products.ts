import { fileURLToPath } from 'node:url';
import type { ContractName, Product } from './product.js';
import { readProducts } from './read-products.js';

const SHIPPED = fileURLToPath(new URL('../../../products', import.meta.url));

/*
 * Read once, when the program loads: the permissions of products are in the schemas of requests. Faults are reported with
 * those of the environment (`loadConfig`).
 */
const found = readProducts(process.env.PRODUCTS_DIR?.trim() || SHIPPED);

/** In the order of their contracts, the one at the contract's own path first. */
export const PRODUCTS: readonly Product[] = found.products;
/** Texts of messages for all products, by language and key. */
export const LANGUAGES: Readonly<Record<string, Record<string, string>>> = found.languages;
/** What is wrong with the files, one line each. */
export const PRODUCT_PROBLEMS: readonly string[] = found.problems;

/** The product with this key if it speaks the contract, else the first that does. */
export function productOf(contract: ContractName, key?: string | null): Product {
  const speaking = PRODUCTS.filter((product) => product.contract === contract);
  const product = speaking.find((one) => one.key === key) ?? speaking[0];
  if (!product) throw new Error(`No product speaks the contract ${contract}`);
  return product;
}

/** The product whose clients use this path. */
export function productAt(requested: string): Product | null {
  const [path = ''] = requested.split('?');
  const isUnder = ({ basePath }: Product) =>
    basePath === '/' || path === basePath || path.startsWith(`${basePath}/`);
  const longest = (best: Product | null, next: Product) =>
    best && best.basePath.length >= next.basePath.length ? best : next;
  return PRODUCTS.filter(isUnder).reduce<Product | null>(longest, null);
}
