import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Whether this server can do its work now. */
@Injectable()
export class Readiness {
  private isMigrated = false;

  constructor(private readonly dataSource: DataSource) {}

  /** True when the database answers and no migration is pending; never throws. */
  async isReady(): Promise<boolean> {
    try {
      this.isMigrated ||= !(await this.dataSource.showMigrations());
      await this.dataSource.query('SELECT 1');
      return this.isMigrated;
    } catch {
      return false;
    }
  }
}
