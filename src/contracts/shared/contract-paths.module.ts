import { type DynamicModule, Module } from '@nestjs/common';
import { CONTRACT_OF_PATH, type ContractOfPath } from '../../access/product-audiences.js';
import type { Contract } from './contract.js';
import { requestPath } from './request-path.js';

/** Tells the guards which contract a path belongs to. */
@Module({})
export class ContractPathsModule {
  static forRoot(contracts: readonly Pick<Contract, 'name' | 'basePath'>[]): DynamicModule {
    const inner = contracts.filter(({ basePath }) => basePath !== '');
    // As the router reads it: an encoded letter or an absolute form leads to no other contract
    const contractOf: ContractOfPath = (target) => {
      const path = requestPath(target);
      return (
        inner.find(({ basePath }) => path === basePath || path.startsWith(`${basePath}/`))?.name ?? 'primary'
      );
    };
    const provider = { provide: CONTRACT_OF_PATH, useValue: contractOf };
    return { module: ContractPathsModule, global: true, providers: [provider], exports: [provider] };
  }
}
