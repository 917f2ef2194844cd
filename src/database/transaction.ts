import type { ClientBase } from 'pg';
import type { EntityManager } from 'typeorm';
import { type PreparableQuery, Queries, type StatementResult, type Statements } from './queries.js';

/** What a transaction does at its end. */
export class DeferredWork {
  readonly beforeCommit: { work: () => Promise<void>; order: string }[] = [];
  readonly afterCommit: (() => void)[] = [];
  readonly afterRollback: (() => void)[] = [];
}

/**
 * A running transaction. A function that receives one takes part in it; only the function that opened it
 * (`Database`) commits. Its kind says whose rows it sees: this one those that belong to no tenant.
 */
export class Transaction extends Queries {
  readonly scope: 'no-tenant' | 'tenant' | 'people' = 'no-tenant';

  constructor(
    readonly manager: EntityManager,
    private readonly deferred = new DeferredWork(),
  ) {
    super();
  }

  /**
   * Runs the work as the last part of the transaction, after everything its opener does. Several run in the order of
   * these texts: name what the work locks, so that two transactions never wait for each other. Those with the same text
   * run in the order in which they were deferred.
   */
  beforeCommit(work: () => Promise<void>, order = ''): void {
    this.deferred.beforeCommit.push({ work, order });
  }

  /** Runs the work once the transaction is committed, and not at all if it is not. It must not throw. */
  afterCommit(work: () => void): void {
    this.deferred.afterCommit.push(work);
  }

  /**
   * Runs the work if the transaction is rolled back, also by a commit that PostgreSQL refuses. It must not throw. After a
   * commit whose outcome is unknown, neither this nor `afterCommit` runs.
   */
  afterRollback(work: () => void): void {
    this.deferred.afterRollback.push(work);
  }

  /** Part of `Database`, which calls it once. */
  async finish(): Promise<void> {
    const inOrder = this.deferred.beforeCommit.toSorted(
      (a, b) => Number(a.order > b.order) - Number(a.order < b.order),
    );
    for (const { work } of inOrder) await work();
  }

  protected override async run(query: PreparableQuery): Promise<StatementResult> {
    if (!this.manager.queryRunner) throw new Error('The transaction has no connection');
    const connection = (await this.manager.queryRunner.connect()) as ClientBase;
    return connection.query(query);
  }

  protected share(): ConstructorParameters<typeof Transaction> {
    return [this.manager, this.deferred];
  }
}

/** A transaction on the rows of one tenant. */
export class TenantTransaction extends Transaction {
  override readonly scope = 'tenant';

  constructor(
    readonly tenantId: string,
    ...rest: ConstructorParameters<typeof Transaction>
  ) {
    super(...rest);
  }
}

/** Reads of one tenant: in a transaction, or each statement by itself (`Database.readsOf`). */
export interface TenantReads extends Pick<Statements, 'many' | 'one'> {
  readonly tenantId: string;
}

/** A transaction on people, who belong to many tenants, or on tenants that are not yet identified: sees all rows. */
export class PeopleTransaction extends Transaction {
  override readonly scope = 'people';

  /**
   * The same transaction, for functions that work in one tenant. Row-level security still shows the rows of all: their
   * statements name the tenant.
   */
  forTenant(tenantId: string): TenantTransaction {
    return new TenantTransaction(tenantId, ...this.share());
  }
}
