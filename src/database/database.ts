import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Pool } from 'pg';

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

/** The two ways to the database: a transaction of the core, and a single prepared statement of the hot path. */
@Injectable()
export class Database {
  constructor(private readonly dataSource: DataSource) {}

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

  /** Statements outside any transaction: each commits by itself. */
  get manager(): EntityManager {
    return this.dataSource.manager;
  }

  /** One named prepared statement on its own connection, committed by itself. */
  async run<Row extends object>(statement: Statement, values: unknown[]): Promise<Row[]> {
    const pool = (this.dataSource.driver as unknown as PostgresDriver).master;
    const result = await pool.query<Row>({ name: statement.name, text: statement.text, values });
    return result.rows;
  }
}
