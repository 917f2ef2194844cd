import { Inject, Injectable } from '@nestjs/common';
import { productAt, PRODUCTS } from '../common/products/products.js';
import { CONFIG, type Config } from '../config/config.js';

/** The contracts, for code that knows no contract: by the path of the request, the name of the contract. */
export const CONTRACT_OF_PATH = Symbol('ContractOfPath');
export type ContractOfPath = (path: string) => string;

/**
 * Separates the products that have an audience of their own (PRODUCT_AUDIENCES). A product is served at its own path, else
 * by the contract of the same name, or by the primary contract if there is none.
 */
@Injectable()
export class ProductSeparation {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CONTRACT_OF_PATH) private readonly contractOf: ContractOfPath,
  ) {}

  /** False if the credential acts in a tenant of a product whose audience is not that of the product at this path. */
  admits(
    product: string | null | undefined,
    { url, originalUrl }: { url: string; originalUrl: string },
  ): boolean {
    const audiences = this.config.PRODUCT_AUDIENCES;
    if (audiences.size === 0 || product === undefined) return true;
    const served = this.productServed(url, originalUrl);
    return this.homeOf(product) === served || audiences.get(product ?? '') === audiences.get(served);
  }

  /** `url` is that of the contract, to which the path of a product leads. */
  private productServed(url: string, originalUrl: string): string {
    const contract = this.contractOf(url);
    const product = productAt(originalUrl);
    return product?.contract === contract ? product.key : contract;
  }

  private homeOf(product: string | null): string {
    const isServed = PRODUCTS.some(
      ({ key, contract }) => key === product && this.config.CONTRACTS.includes(contract),
    );
    return isServed && product !== null ? product : 'primary';
  }
}
