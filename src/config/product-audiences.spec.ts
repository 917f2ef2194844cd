import { PRODUCTS } from '../common/products/products.js';
import { ConfigError, loadConfig } from './config.js';
import { findAudienceFaults, mergeAudiences } from './product-audiences.js';

const PUBLIC_URL = 'https://id.example.com';

const problemsOf = (PRODUCT_AUDIENCES: string): string[] => {
  try {
    loadConfig({ PRODUCT_AUDIENCES, PUBLIC_URL });
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
};

it.each([
  ['Katixo = https://books.example.net ,', [['katixo', 'https://books.example.net']]],
  ['katixo=urn:example:books,\n  datixlab=https://agents.example.net/', 2],
])('reads %j', (PRODUCT_AUDIENCES, expected) => {
  const found = [...loadConfig({ PRODUCT_AUDIENCES, PUBLIC_URL }).PRODUCT_AUDIENCES];
  expect(typeof expected === 'number' ? found.length : found).toEqual(expected);
});

it.each([
  ['ledger=https://ledger.example.net', /knows no product "ledger"; choose from primary, katixo, datixlab/],
  ['datixlab=https://ID.example.com:443/', /must not give "datixlab" PUBLIC_URL/],
  ['primary=https://id.example.com', /must not give "primary" PUBLIC_URL/],
  [
    'katixo=https://apps.example.net,datixlab=HTTPS://Apps.Example.net/',
    /must not give "datixlab" the audience of "katixo"/,
  ],
  ['katixo=https://a.example.net,KATIXO=https://b.example.net', /must name each product once/],
  ['katixo', /must be pairs product=URI/],
  ['katixo=books.example.net:8443', /must be pairs product=URI/],
  ['katixo=localhost:8080', /must be pairs product=URI/],
  ['katixo=https://books.example.net#x', /must be pairs product=URI/],
])('refuses %s, and names the variable with an example', (value, fault) => {
  const problems = problemsOf(value);
  expect(problems).toEqual([expect.stringMatching(fault)]);
  expect(problems[0]).toMatch(/^PRODUCT_AUDIENCES .*Example: PRODUCT_AUDIENCES=[a-z]+=https:/);
});

it('reports them beside the other faults of the environment', () => {
  expect(() =>
    loadConfig({ PORT: 'x', PUBLIC_URL: 'x', PRODUCT_AUDIENCES: 'ledger=https://a.example' }),
  ).toThrow(/PORT must.*PUBLIC_URL must.*PRODUCT_AUDIENCES knows no/s);
});

describe('audiences of files', () => {
  const products = PRODUCTS.map((product) => ({
    ...product,
    ...(product.key !== 'primary' && { audience: 'https://apps.example.net' }),
  }));

  it('are replaced by those of the variable', () => {
    expect(mergeAudiences(products, new Map([['katixo', 'https://books.example.net']]))).toEqual(
      new Map([
        ['katixo', 'https://books.example.net'],
        ['datixlab', 'https://apps.example.net'],
      ]),
    );
  });

  it('are of one product each, too', () => {
    expect(findAudienceFaults(products, new Map(), PUBLIC_URL)).toEqual([
      { product: 'datixlab', fault: expect.stringContaining('the audience of "katixo"') as string },
    ]);
    expect(findAudienceFaults(products, new Map([['katixo', 'https://b.example']]), PUBLIC_URL)).toEqual([]);
  });
});
