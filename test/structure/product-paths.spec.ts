import { readFileSync } from 'node:fs';
import { CONTRACT_NAMES, type ContractName } from '../../src/common/products/product.js';
import { CONTRACT_PATHS } from '../../src/common/products/product-rules.js';
import { PRODUCTS } from '../../src/common/products/products.js';

const pathsOf = (contract: ContractName): string[] => {
  const document = JSON.parse(readFileSync(`openapi/${contract}.json`, 'utf8')) as { paths: object };
  return Object.keys(document.paths);
};

describe('the paths of products', () => {
  it.each(CONTRACT_NAMES)('begin with that of the contract %s', (contract) => {
    const [base, paths] = [CONTRACT_PATHS[contract], pathsOf(contract)];
    expect(paths.filter((path) => !path.startsWith(base))).toEqual([]);
    expect(paths).not.toHaveLength(0);
  });

  it('are the contracts’ own for the shipped products, under the names of the contracts', () => {
    expect(PRODUCTS.map(({ key, basePath }) => [key, basePath])).toEqual(Object.entries(CONTRACT_PATHS));
  });
});
