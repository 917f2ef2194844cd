import { makeExactValidator } from 'envalid';
import type { Product } from '../common/products/product.js';

/** What each product has for an audience of its own, by the product's key. */
type Audiences = ReadonlyMap<string, string>;

/** `product=audience` pairs. An audience is an absolute URI without a fragment (RFC 8707 §2). */
export const audiences = makeExactValidator<Audiences>((input) => {
  const pairs = input.split(',').filter((pair) => pair.trim() !== '');
  const found = pairs.map((pair) => {
    const [, product = '', audience = ''] = /^\s*([a-z][a-z0-9-]{0,62})\s*=\s*(\S+)\s*$/i.exec(pair) ?? [];
    if (!isAudience(audience)) throw new Error('must be pairs product=URI, separated by commas');
    return [product.toLowerCase(), audience] as const;
  });
  const products = new Map(found);
  if (products.size !== found.length) throw new Error('must name each product once');
  return products;
});

/** Those of the files, unless PRODUCT_AUDIENCES says otherwise. */
export function mergeAudiences(products: readonly Product[], given: Audiences): Audiences {
  const ofFiles = products.flatMap(({ key, audience }) =>
    audience === undefined ? [] : [[key, audience] as const],
  );
  return new Map([...ofFiles, ...given]);
}

/** What would separate nothing: products that do not exist, and audiences that are not of one product only. */
export function findAudienceFaults(
  products: readonly Product[],
  given: Audiences,
  publicUrl: string,
): { product: string; fault: string }[] {
  const keys = products.map(({ key }) => key);
  const owners = new Map<string, string>();
  const faultOf = (product: string, audience: string): string | null => {
    if (!keys.includes(product)) return `knows no product "${product}"; choose from ${keys.join(', ')}`;
    const same = normalise(audience);
    const other = owners.get(same) ?? product;
    owners.set(same, other);
    if (same === normalise(publicUrl))
      return `must not give "${product}" PUBLIC_URL, the audience of all others: write another, or leave it out`;
    return other === product ? null : `must not give "${product}" the audience of "${other}": write another`;
  };
  return [...mergeAudiences(products, given)].flatMap(([product, audience]) => {
    const fault = faultOf(product, audience);
    return fault === null ? [] : [{ product, fault }];
  });
}

/** One with a scheme: `books.example.com:8080` and `localhost:3000` are URLs, too, but with a name for a scheme. */
function isAudience(text: string): boolean {
  return /^([a-z][a-z0-9+.-]*:\/\/[^/]|urn:)/i.test(text) && URL.canParse(text) && !text.includes('#');
}

/** What people take for the same address: a final slash, capitals of the host and the default port do not count. */
function normalise(audience: string): string {
  return URL.canParse(audience) ? new URL(audience).href.replace(/\/+$/, '') : audience;
}
