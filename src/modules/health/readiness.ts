import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import { Draining } from './draining.js';
import { SingleFlight } from './single-flight.js';

/**
 * True on a connection to which row-level security applies, and whose tenant scope is `$1`. On one that cannot write, the
 * lock of no row fails (25006), and the connection is closed.
 */
const CAN_SERVE: Statement = {
  name: 'can_serve',
  text: `SELECT row_security_active('memberships') AND current_setting('gatehouse.tenant') = $1
      AND NOT EXISTS (SELECT FROM (SELECT FROM memberships WHERE false FOR UPDATE) AS writable) AS "canServe"`,
};

/** The readiness check of this server. */
@Injectable()
export class Readiness {
  private readonly check: SingleFlight<boolean>;
  private isMigrated = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly database: Database,
    private readonly draining: Draining,
    @Inject(CONFIG) { DATABASE_CONNECT_SECONDS: seconds }: Config,
  ) {
    this.check = new SingleFlight(() => this.canServe(), false, seconds * 1000);
  }

  /**
   * False while the server drains. True if no migration is pending, and both pools can write and apply row-level security as they must. False if they do
   * not answer within DATABASE_CONNECT_SECONDS. Never rejects; concurrent calls share one check.
   */
  async isReady(): Promise<boolean> {
    return !this.draining.isDraining && this.check.take();
  }

  private async canServe(): Promise<boolean> {
    this.isMigrated ||= !(await this.dataSource.showMigrations());
    if (!this.isMigrated) return false;
    const answers = await Promise.all([
      this.database.autocommit.many<{ canServe: boolean }>(CAN_SERVE, ['']),
      this.database.autocommitAcrossTenants.many<{ canServe: boolean }>(CAN_SERVE, ['*']),
    ]);
    return answers.every(([row]) => row?.canServe === true);
  }
}
