import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { roleOf } from '../../database/data-source.js';
import { Database } from '../../database/database.js';
import type { Queries, Statement } from '../../database/queries.js';

/** What a connection of a pool says of itself. */
export interface PoolAnswer {
  canServe: boolean;
  /** The database's clock, in milliseconds since 1970. */
  time: number;
}

/** Asks the database whether this server can work with it. */
@Injectable()
export class ReadinessRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly database: Database,
  ) {}

  /** Whether every migration has been applied. */
  async isMigrated(): Promise<boolean> {
    return !(await this.dataSource.showMigrations());
  }

  /** Asks the pool for rows without a tenant. */
  ask(): Promise<PoolAnswer> {
    return this.askThrough(this.database.autocommit, '');
  }

  /** Asks the pool for the rows of every tenant. */
  askAcrossTenants(): Promise<PoolAnswer> {
    return this.askThrough(this.database.autocommitAcrossTenants, '*');
  }

  /** Both pools work as the same role. */
  private async askThrough(queries: Queries, tenantScope: string): Promise<PoolAnswer> {
    const answer = await queries.one<PoolAnswer>(CAN_SERVE, [tenantScope, roleOf(this.dataSource)]);
    if (!answer) throw new Error('The database did not answer');
    return answer;
  }
}

/**
 * True on a connection to which row-level security applies, whose tenant scope is `$1`, and which works as the role `$2`
 * (null: as the user that it has connected as). On one that cannot write,
 * the lock of no row fails (25006), and the connection is closed.
 */
const CAN_SERVE: Statement = {
  name: 'can_serve',
  text: `
    SELECT row_security_active('memberships') AND current_setting('gatehouse.tenant') = $1
        AND current_user = COALESCE($2::name, session_user)
        AND NOT EXISTS (SELECT FROM (SELECT FROM memberships WHERE false FOR UPDATE) AS writable) AS "canServe",
      floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS time`,
};
