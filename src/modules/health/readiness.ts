import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** The readiness check of this server. */
@Injectable()
export class Readiness {
  private isMigrated = false;

  constructor(private readonly dataSource: DataSource) {}

  /** True if the database answers and no migration is pending. Never rejects. */
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
