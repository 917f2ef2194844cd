import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { isConflict, isRolledBack } from '../common/database-failures.js';
import { HeldCommit } from './held-commit.js';
import { type PreparableQuery, Queries, type StatementResult, Statements } from './queries.js';
import { runScoped } from './scoped-query.js';
import {
  DeferredWork,
  PeopleTransaction,
  type TenantReads,
  TenantTransaction,
  Transaction,
} from './transaction.js';

/** The connections of a pool, and the work that waits for one. */
export interface PoolState {
  /** The rows that its connections see. */
  name: 'no_tenant' | 'every_tenant';
  max: number;
  total: number;
  idle: number;
  waiting: number;
}

/** Of a transaction that ends in a deadlock or another conflict, after its first run. */
const MAX_RETRIES = 3;
/** A random delay, so that the same transactions do not meet again. */
const RETRY_WITHIN_MS = 50;

interface PostgresDriver {
  master: Pool;
}

/**
 * The one way to the database: transactions, and statements that each commit by themselves. Each sees only rows that
 * belong to no tenant, unless its name says otherwise. That also applies to the audit rows it adds.
 */
export class Database {
  /** Statements outside any transaction. */
  readonly autocommit: Queries;
  /** As `autocommit`, for statements that determine which tenant the rows belong to. */
  readonly autocommitAcrossTenants: Queries;

  constructor(
    private readonly dataSource: DataSource,
    private readonly everyTenant: DataSource = dataSource,
  ) {
    this.autocommit = new Autocommit(dataSource);
    this.autocommitAcrossTenants = new Autocommit(everyTenant);
  }

  /**
   * Runs the work in one READ COMMITTED transaction; any throw rolls all of it back. If PostgreSQL chooses it as the
   * victim of a deadlock, the work runs again, up to three times: it must have no effect outside the transaction.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.begin((...context) => runToTheEnd(new Transaction(...context), work));
  }

  /** As `transaction`, within one tenant: row-level security hides the rows of all others. */
  inTenant<T>(tenantId: string, work: (tx: TenantTransaction) => Promise<T>): Promise<T> {
    return this.begin(async (...context) => {
      const tx = new TenantTransaction(tenantId, ...context);
      await tx.execute(`SELECT set_config('gatehouse.tenant', $1, true)`, [tenantId]);
      return runToTheEnd(tx, work);
    });
  }

  /**
   * For reads of one statement: each sees the rows of this tenant only, as in `inTenant`, but is sent together with its
   * scope. Two of them may see different states.
   */
  readsOf(tenantId: string): TenantReads {
    return new Reads(tenantId, this.dataSource);
  }

  /**
   * As `transaction`, across tenants: for work on people, who belong to many tenants, and on tenants not yet
   * identified.
   */
  acrossTenants<T>(work: (tx: PeopleTransaction) => Promise<T>): Promise<T> {
    return this.begin(async (...context) => {
      const tx = new PeopleTransaction(...context);
      // Not a query: the work may still choose its isolation level
      await tx.execute(`SET LOCAL gatehouse.tenant = '*'`);
      return runToTheEnd(tx, work);
    });
  }

  /**
   * Runs the work, and `last` as the end of the one transaction that the work opens, with the result of the work: both
   * are committed, or neither. The transaction stays open until the work has returned, so nothing slow may follow it
   * there. Work that opens no transaction gets one for `last`, across tenants.
   *
   * A conflict in the transaction of the work runs that again. One in `last` or in the commit has rolled all of it back,
   * while the work has gone on with what its transaction returned: it runs again as a whole, up to three times. So the
   * work, too, must have no effect outside its transaction but those that go with its rollback.
   */
  withLast<T>(work: () => Promise<T>, last: (tx: Queries, result: T) => Promise<void>): Promise<T> {
    let isCommitting: boolean;
    const attempt = async () => {
      isCommitting = false;
      const hold = new HeldCommit<Queries>();
      try {
        const result = await hold.run(work);
        isCommitting = true;
        const isCommitted = await hold.commit((tx) => last(tx, result));
        isCommitting = false;
        if (!isCommitted) await this.acrossTenants((tx) => last(tx, result));
        return result;
      } catch (error) {
        await hold.rollBack();
        throw error;
      }
    };
    // Every other transaction has been tried again where it was begun
    return retryConflicts(attempt, () => isCommitting);
  }

  private begin<T>(work: UnitOfWork<T>): Promise<T> {
    const hold = HeldCommit.current<Queries>();
    return retryConflicts(() =>
      hold
        ? hold.hold<T>((beforeCommit) => this.commit(work, beforeCommit))
        : this.commit(work, () => Promise.resolve()),
    );
  }

  private async commit<T>(
    work: UnitOfWork<T>,
    beforeCommit: (tx: Queries, result: T) => Promise<void>,
  ): Promise<T> {
    const deferred = new DeferredWork();
    let isComplete = false;
    try {
      const result = await this.dataSource.transaction(async (manager) => {
        const done = await work(manager, deferred);
        await beforeCommit(new Transaction(manager), done);
        isComplete = true;
        return done;
      });
      for (const act of deferred.afterCommit) act();
      return result;
    } catch (error) {
      // A commit that PostgreSQL refused has an outcome, too
      if (!isComplete || isRolledBack(error)) for (const act of deferred.afterRollback) act();
      throw error;
    }
  }

  /** The present state of each pool, from memory. */
  get pools(): PoolState[] {
    const pools: PoolState[] = [stateOf('no_tenant', this.dataSource)];
    if (this.everyTenant !== this.dataSource) pools.push(stateOf('every_tenant', this.everyTenant));
    return pools;
  }
}

type UnitOfWork<T> = (manager: EntityManager, deferred: DeferredWork) => Promise<T>;

class Autocommit extends Queries {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  get manager(): EntityManager {
    return this.dataSource.manager;
  }

  protected override run(query: PreparableQuery): Promise<StatementResult> {
    return retryConflicts(() => poolOf(this.dataSource).query(query));
  }
}

class Reads extends Statements implements TenantReads {
  constructor(
    readonly tenantId: string,
    private readonly dataSource: DataSource,
  ) {
    super();
  }

  protected override run(query: PreparableQuery): Promise<StatementResult> {
    const { tenantId, dataSource } = this;
    return retryConflicts(() => runScoped(poolOf(dataSource), tenantId, query));
  }
}

async function runToTheEnd<Tx extends Transaction, T>(tx: Tx, work: (tx: Tx) => Promise<T>): Promise<T> {
  const result = await work(tx);
  await tx.finish();
  return result;
}

function stateOf(name: PoolState['name'], dataSource: DataSource): PoolState {
  const { options, totalCount, idleCount, waitingCount } = poolOf(dataSource);
  return { name, max: options.max, total: totalCount, idle: idleCount, waiting: waitingCount };
}

/** The underlying pool, for functions that TypeORM does not offer. */
function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as PostgresDriver).master;
}

/**
 * Runs the work again if PostgreSQL rolled it back for a deadlock or another conflict with a concurrent transaction, and
 * `isOurs` says that nobody has tried that before.
 */
async function retryConflicts<T>(work: () => Promise<T>, isOurs = () => true): Promise<T> {
  for (let retries = 0; ; retries += 1) {
    try {
      return await work();
    } catch (error) {
      if (retries === MAX_RETRIES || !isConflict(error) || !isOurs()) throw error;
      await delay(randomInt(RETRY_WITHIN_MS));
    }
  }
}
