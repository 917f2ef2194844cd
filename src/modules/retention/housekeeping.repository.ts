import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { RetentionRule } from './retention-rules.js';

/** Deletes what is over. It alone deletes rows of tables that other modules own: the rules say which. */
@Injectable()
export class HousekeepingRepository {
  constructor(private readonly database: Database) {}

  /** Up to `limit` rows, of every tenant, without those that another transaction has locked. Returns how many. */
  deleteBatch({ table, key, condition }: RetentionRule, limit: number): Promise<number> {
    const text = `
      DELETE FROM ${table} WHERE ${key} IN (
        SELECT ${key} FROM ${table} WHERE ${condition} LIMIT $1 FOR UPDATE SKIP LOCKED)`;
    return this.database.autocommitAcrossTenants.execute(text, [limit]);
  }
}
