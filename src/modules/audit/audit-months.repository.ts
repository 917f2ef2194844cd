import { Injectable } from '@nestjs/common';
import { NIL } from 'uuid';
import { Database } from '../../database/database.js';
import { actionsOfKind, type AuditKind } from './audit-kinds.js';

/** A month of the audit trail, which is a partition of the table. */
export interface AuditMonth {
  /** YYYY-MM, in UTC. */
  month: string;
  /** Whole months since its end; negative while it has not ended. */
  age: number;
  /** The kinds of events that were deleted from it. */
  thinned: AuditKind[];
}

/** Bounds one statement. */
const ROWS = 5_000;

/**
 * Adds and removes months of the audit trail. The server has no right to delete events: these functions of the database
 * do, with the rights of the owner, and refuse months that are too young.
 */
@Injectable()
export class AuditMonthsRepository {
  constructor(private readonly database: Database) {}

  /** Those that have a partition, oldest first. */
  list(): Promise<AuditMonth[]> {
    return this.database.autocommit.many<AuditMonth>(LIST_MONTHS);
  }

  /** Adds the partitions of this month and the next two. Until then, events go to the default partition. */
  async add(): Promise<void> {
    for (const ahead of [0, 1, 2]) await this.database.autocommit.execute(ADD_MONTH, [ahead]);
  }

  /** The events of a month as JSON, in order of their ids; of the oldest month, also those of earlier ones. */
  async *read({ month }: AuditMonth, isOldest: boolean): AsyncGenerator<string[]> {
    let after: string = NIL;
    for (;;) {
      const values = [isOldest ? '-infinity' : `${month}-01`, `${month}-01`, after, ROWS];
      const rows = await this.database.autocommitAcrossTenants.many<{ id: string; line: string }>(
        READ,
        values,
      );
      if (rows.length > 0) yield rows.map(({ line }) => line);
      if (rows.length < ROWS) return;
      after = rows.at(-1)?.id ?? NIL;
    }
  }

  /** Deletes the next events of this kind. Returns the place to go on from, or null at the end of the month. */
  async thin({ month }: AuditMonth, kind: AuditKind, after: string | null): Promise<string | null> {
    const values = [`${month}-01`, kind, actionsOfKind(kind), after ?? NIL, ROWS];
    return (await this.database.autocommit.one<{ last: string | null }>(THIN_MONTH, values))?.last ?? null;
  }

  /** Throws if a long transaction uses the audit trail. */
  async drop({ month }: AuditMonth): Promise<void> {
    await this.database.autocommit.execute(DROP_MONTH, [`${month}-01`]);
  }
}

const MONTHS_OF = (time: string) => `extract(year FROM ${time}) * 12 + extract(month FROM ${time})`;

const LIST_MONTHS = `
  SELECT to_char(month, 'YYYY-MM') AS month, thinned,
    (${MONTHS_OF(`(now() AT TIME ZONE 'UTC')`)} - (${MONTHS_OF('month')}) - 1)::int AS age
  FROM list_audit_months()`;

/** $1 months from now. */
const ADD_MONTH = 'SELECT add_audit_month($1)';

/** $1 the first time, $2 the month, $3 the last id of the previous page, $4 limit. */
const READ = `
  SELECT a.id, to_jsonb(a)::text AS line FROM audit_events a
  WHERE a.occurred_at >= $1::timestamp AT TIME ZONE 'UTC'
    AND a.occurred_at < ($2::timestamp + interval '1 month') AT TIME ZONE 'UTC' AND a.id > $3
  ORDER BY a.id LIMIT $4`;

/** $1 month, $2 kind, $3 its actions, $4 the place to go on from, $5 how many rows to look at. */
const THIN_MONTH = 'SELECT last FROM thin_audit_month($1, $2, $3, $4, $5)';

/** $1 month. */
const DROP_MONTH = 'SELECT drop_audit_month($1)';
