import { CONTRACT_NAMES } from '../../src/common/products/product.js';
import { CONTRACT_PATHS } from '../../src/common/products/product-rules.js';
import { PRODUCTS } from '../../src/common/products/products.js';
import { loadConfig } from '../../src/config/config.js';
import { contractsOf } from '../../src/contracts/contracts.js';

describe('the paths of products', () => {
  it('begin with those of the contracts', () => {
    const contracts = contractsOf(loadConfig({})).map(({ name, basePath }) => [name, basePath || '/']);
    expect(Object.fromEntries(contracts)).toEqual(CONTRACT_PATHS);
    expect(contracts.map(([name]) => name)).toEqual(CONTRACT_NAMES);
  });

  it('are the contracts’ own for the shipped products, under the names of the contracts', () => {
    expect(PRODUCTS.map(({ key, basePath }) => [key, basePath])).toEqual(Object.entries(CONTRACT_PATHS));
  });
});
