import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';

/** The contracts, for code that knows no contract: by the path of the request, the name of the contract. */
export const CONTRACT_OF_PATH = Symbol('ContractOfPath');
export type ContractOfPath = (path: string) => string;

/**
 * Separates the products that have an audience of their own (PRODUCT_AUDIENCES). A product is served by the contract of
 * the same name, or by the primary contract if there is none.
 */
@Injectable()
export class ProductSeparation {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CONTRACT_OF_PATH) private readonly contractOf: ContractOfPath,
  ) {}

  /** False if the credential acts in a tenant of a product whose audience is not that of the contract at this path. */
  admits(product: string | null | undefined, path: string): boolean {
    const audiences = this.config.PRODUCT_AUDIENCES;
    if (audiences.size === 0 || product === undefined) return true;
    const contract = this.contractOf(path);
    const servedHere = contract === 'primary' && !this.config.CONTRACTS.includes(product ?? '');
    return servedHere || audiences.get(product ?? '') === audiences.get(contract);
  }
}
