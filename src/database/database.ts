import type { DataSource, EntityManager } from 'typeorm';
import type { ClientBase, Pool } from 'pg';

/** A running transaction. Whoever receives one takes part in it; only the one who opened it commits. */
export type Tx = EntityManager;

/** A statement PostgreSQL prepares once per connection. The name must be unique in the whole program. */
export interface Statement {
  name: string;
  text: string;
}

/** The connections of a pool, and the work that waits for one. */
export interface PoolState {
  /** Whose rows its connections are shown. */
  name: 'no_tenant' | 'every_tenant';
  max: number;
  total: number;
  idle: number;
  waiting: number;
}

interface PostgresDriver {
  master: Pool;
}

/**
 * The two ways to the database: a transaction of the core, and a single prepared statement of the hot path. Either is
 * shown what belongs to no tenant, and nothing else unless its name says so; what it adds to the trail counts, too.
 */
export class Database {
  constructor(
    private readonly dataSource: DataSource,
    private readonly everyTenant: DataSource = dataSource,
  ) {}

  /** Runs the work in one READ COMMITTED transaction; any throw rolls all of it back. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.dataSource.transaction((tx) => runToTheEnd(tx, work));
  }

  /** As `transaction`, for work inside one tenant: row-level security shows it no row of another. */
  inTenant<T>(tenantId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (tx) => {
      await tx.query(`SELECT set_config('gatehouse.tenant', $1, true)`, [tenantId]);
      return runToTheEnd(tx, work);
    });
  }

  /** As `transaction`, for work on people, who belong to many tenants, and on tenants that are not known before. */
  acrossTenants<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (tx) => {
      // No query: the work may still choose its isolation level
      await tx.query(`SET LOCAL gatehouse.tenant = '*'`);
      return runToTheEnd(tx, work);
    });
  }

  /** Each pool as it is now; asks nobody. */
  get pools(): PoolState[] {
    const pools: PoolState[] = [stateOf('no_tenant', this.dataSource)];
    if (this.everyTenant !== this.dataSource) pools.push(stateOf('every_tenant', this.everyTenant));
    return pools;
  }

  /** Statements outside any transaction: each commits by itself. */
  get manager(): EntityManager {
    return this.dataSource.manager;
  }

  /** As `manager`, for statements that find out whose rows they are about. */
  get managerAcrossTenants(): EntityManager {
    return this.everyTenant.manager;
  }

  /** One named prepared statement on its own connection, committed by itself. */
  run<Row extends object>(statement: Statement, values: unknown[]): Promise<Row[]> {
    return execute(this.dataSource, statement, values);
  }

  /** As `run`, for statements that find out whose rows they are about. */
  runAcrossTenants<Row extends object>(statement: Statement, values: unknown[]): Promise<Row[]> {
    return execute(this.everyTenant, statement, values);
  }
}

const deferred = new WeakMap<Tx, (() => Promise<void>)[]>();

/**
 * Runs the work as the last part of the transaction, after all that its opener does: for what takes a lock that many
 * want, and needs nothing else after it. Several run one after the other, in the order in which they were deferred.
 */
export function beforeCommit(tx: Tx, work: () => Promise<void>): void {
  const works = deferred.get(tx);
  if (!works) throw new Error('Only a transaction of Database has an end to wait for');
  works.push(work);
}

async function runToTheEnd<T>(tx: Tx, work: (tx: Tx) => Promise<T>): Promise<T> {
  const works: (() => Promise<void>)[] = [];
  deferred.set(tx, works);
  const result = await work(tx);
  for (const last of works) await last();
  return result;
}

/** A prepared statement as a part of the transaction. */
export async function runIn<Row extends object>(
  tx: Tx,
  { name, text }: Statement,
  values: unknown[],
): Promise<Row[]> {
  if (!tx.queryRunner) throw new Error('A transaction has a connection of its own');
  const connection = (await tx.queryRunner.connect()) as ClientBase;
  return (await connection.query<Row>({ name, text, values })).rows;
}

function stateOf(name: PoolState['name'], dataSource: DataSource): PoolState {
  const { options, totalCount, idleCount, waitingCount } = poolOf(dataSource);
  return { name, max: options.max, total: totalCount, idle: idleCount, waiting: waitingCount };
}

/** The connections themselves, for what TypeORM has no word for. */
export function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as PostgresDriver).master;
}

async function execute<Row extends object>(
  dataSource: DataSource,
  { name, text }: Statement,
  values: unknown[],
): Promise<Row[]> {
  return (await poolOf(dataSource).query<Row>({ name, text, values })).rows;
}
