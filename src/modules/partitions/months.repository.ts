import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';

/** A table that is partitioned by month. */
export type PartitionedTable = 'audit_events' | 'messages';

/** A partition. */
export interface Month {
  /** YYYY-MM, in UTC. */
  month: string;
  /** Whole months since its end; negative while it has not ended. */
  age: number;
  /** For the audit trail: labels of the events that were deleted from it. */
  thinned: string[];
}

/**
 * Adds and drops months of tables. The server has no right on partitions: these functions of the database have, with
 * the rights of the owner, and refuse months that are too young.
 */
@Injectable()
export class MonthsRepository {
  constructor(private readonly database: Database) {}

  /** Those that have a partition, oldest first. */
  list(table: PartitionedTable): Promise<Month[]> {
    return this.database.autocommit.many<Month>(LIST, [table]);
  }

  /** Adds the partitions of this month and the next two. Until then, rows go to the default partition. */
  async add(table: PartitionedTable): Promise<void> {
    for (const ahead of [0, 1, 2]) await this.database.autocommit.execute(ADD, [table, ahead]);
  }

  /** Throws if a long transaction uses the table. */
  async drop(table: PartitionedTable, { month }: Month): Promise<void> {
    await this.database.autocommit.execute(DROP, [table, `${month}-01`]);
  }
}

const MONTHS_OF = (time: string) => `extract(year FROM ${time}) * 12 + extract(month FROM ${time})`;

/** $1 table. */
const LIST = `
  SELECT to_char(month, 'YYYY-MM') AS month, thinned,
    (${MONTHS_OF(`(now() AT TIME ZONE 'UTC')`)} - (${MONTHS_OF('month')}) - 1)::int AS age
  FROM list_months($1)`;

/** $1 table, $2 months from now. */
const ADD = 'SELECT add_month($1, $2)';

/** $1 table, $2 month. */
const DROP = 'SELECT drop_month($1, $2)';
