import type { DataSource, EntityManager } from 'typeorm';
import type { ClientBase, Pool } from 'pg';

/** A running transaction. Whoever receives one takes part in it; only the one who opened it commits. */
export type Tx = EntityManager;

/** A statement PostgreSQL prepares once per connection. The name must be unique in the whole program. */
export interface Statement {
  name: string;
  text: string;
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
    return this.dataSource.transaction(work);
  }

  /** As `transaction`, for work inside one tenant: row-level security shows it no row of another. */
  inTenant<T>(tenantId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (tx) => {
      await tx.query(`SELECT set_config('gatehouse.tenant', $1, true)`, [tenantId]);
      return work(tx);
    });
  }

  /** As `transaction`, for work on people, who belong to many tenants, and on tenants that are not known before. */
  acrossTenants<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (tx) => {
      // No query: the work may still choose its isolation level
      await tx.query(`SET LOCAL gatehouse.tenant = '*'`);
      return work(tx);
    });
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

async function execute<Row extends object>(
  dataSource: DataSource,
  { name, text }: Statement,
  values: unknown[],
): Promise<Row[]> {
  const pool = (dataSource.driver as unknown as PostgresDriver).master;
  return (await pool.query<Row>({ name, text, values })).rows;
}
