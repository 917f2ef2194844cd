import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClientBase, Pool } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { isConflict } from '../common/database-failures.js';

/** A running transaction. A function that receives one takes part in it; only the function that opened it commits. */
export type Tx = EntityManager;

/** A statement PostgreSQL prepares once per connection. The name must be unique in the whole program. */
export interface Statement {
  name: string;
  text: string;
}

/** The connections of a pool, and the work that waits for one. */
export interface PoolState {
  /** The rows that its connections see. */
  name: 'no_tenant' | 'every_tenant';
  max: number;
  total: number;
  idle: number;
  waiting: number;
}

/** Of a transaction that ends in a deadlock or another conflict. */
const MAX_ATTEMPTS = 3;
/** A random delay, so that the same transactions do not meet again. */
const RETRY_WITHIN_MS = 50;

interface PostgresDriver {
  master: Pool;
}

/**
 * Access to the database: transactions, and single prepared statements for the most frequent queries. Each sees only
 * rows that belong to no tenant, unless its name says otherwise. That also applies to the audit rows it adds.
 */
export class Database {
  constructor(
    private readonly dataSource: DataSource,
    private readonly everyTenant: DataSource = dataSource,
  ) {}

  /**
   * Runs the work in one READ COMMITTED transaction; any throw rolls all of it back. If PostgreSQL chooses it as the
   * victim of a deadlock, the work runs again, up to three times in all: it must have no effect outside the transaction.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.begin((tx) => runToTheEnd(tx, work));
  }

  /** As `transaction`, within one tenant: row-level security hides the rows of all others. */
  inTenant<T>(tenantId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.begin(async (tx) => {
      await tx.query(`SELECT set_config('gatehouse.tenant', $1, true)`, [tenantId]);
      return runToTheEnd(tx, work);
    });
  }

  /**
   * As `transaction`, across tenants: for work on people, who belong to many tenants, and on tenants not yet
   * identified.
   */
  acrossTenants<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.begin(async (tx) => {
      // Not a query: the work may still choose its isolation level
      await tx.query(`SET LOCAL gatehouse.tenant = '*'`);
      return runToTheEnd(tx, work);
    });
  }

  private begin<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return retryConflicts(() => this.dataSource.transaction(work));
  }

  /** The present state of each pool, from memory. */
  get pools(): PoolState[] {
    const pools: PoolState[] = [stateOf('no_tenant', this.dataSource)];
    if (this.everyTenant !== this.dataSource) pools.push(stateOf('every_tenant', this.everyTenant));
    return pools;
  }

  /** Statements outside any transaction: each commits by itself. */
  get manager(): EntityManager {
    return this.dataSource.manager;
  }

  /** As `manager`, for statements that determine which tenant the rows belong to. */
  get managerAcrossTenants(): EntityManager {
    return this.everyTenant.manager;
  }

  /** Runs a named prepared statement on a connection of its own; it commits by itself. */
  run<Row extends object>(statement: Statement, values: unknown[]): Promise<Row[]> {
    return execute(this.dataSource, statement, values);
  }

  /** As `run`, for statements that determine which tenant the rows belong to. */
  runAcrossTenants<Row extends object>(statement: Statement, values: unknown[]): Promise<Row[]> {
    return execute(this.everyTenant, statement, values);
  }
}

const deferred = new WeakMap<Tx, (() => Promise<void>)[]>();

/**
 * Runs the work as the last part of the transaction, after everything its opener does. Use it for work that takes a
 * widely used lock and that nothing else follows. Several run in the order in which they were deferred.
 */
export function beforeCommit(tx: Tx, work: () => Promise<void>): void {
  const works = deferred.get(tx);
  if (!works) throw new Error('beforeCommit requires a transaction that Database opened');
  works.push(work);
}

async function runToTheEnd<T>(tx: Tx, work: (tx: Tx) => Promise<T>): Promise<T> {
  const works: (() => Promise<void>)[] = [];
  deferred.set(tx, works);
  const result = await work(tx);
  for (const last of works) await last();
  return result;
}

/** Runs a prepared statement within the transaction. */
export async function runIn<Row extends object>(
  tx: Tx,
  { name, text }: Statement,
  values: unknown[],
): Promise<Row[]> {
  if (!tx.queryRunner) throw new Error('The transaction has no connection');
  const connection = (await tx.queryRunner.connect()) as ClientBase;
  return (await connection.query<Row>({ name, text, values })).rows;
}

function stateOf(name: PoolState['name'], dataSource: DataSource): PoolState {
  const { options, totalCount, idleCount, waitingCount } = poolOf(dataSource);
  return { name, max: options.max, total: totalCount, idle: idleCount, waiting: waitingCount };
}

/** The underlying pool, for functions that TypeORM does not offer. */
export function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as PostgresDriver).master;
}

async function execute<Row extends object>(
  dataSource: DataSource,
  { name, text }: Statement,
  values: unknown[],
): Promise<Row[]> {
  return retryConflicts(async () => (await poolOf(dataSource).query<Row>({ name, text, values })).rows);
}

/** Runs the work again if PostgreSQL rolled it back for a deadlock or another conflict with a concurrent transaction. */
async function retryConflicts<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isConflict(error)) throw error;
      await delay(randomInt(RETRY_WITHIN_MS));
    }
  }
}
