import { Injectable } from '@nestjs/common';
import { NIL } from 'uuid';
import { Database } from '../../database/database.js';
import { actionsOfKind, type AuditKind } from './audit-kinds.js';

/** Events of one kind that are deleted at the same age. */
export interface AuditShare {
  kind: AuditKind;
  /** Of the tenants that have chosen so many; null for all others, and for events of no tenant. */
  months: number | null;
}

/** Bounds one statement. */
const ROWS = 5_000;

/** Reads and thins months of the audit trail. `MonthsRepository` lists, adds and drops them. */
@Injectable()
export class AuditMonthsRepository {
  constructor(private readonly database: Database) {}

  /** What tenants have chosen, each once. */
  listOwnShares(): Promise<AuditShare[]> {
    return this.database.autocommitAcrossTenants.many<AuditShare>(LIST_SHARES);
  }

  /** The events of a month as JSON, in order of their ids; of the oldest month, also those of earlier ones. */
  async *read(month: string, isOldest: boolean): AsyncGenerator<string[]> {
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

  /**
   * Deletes the next events of this share; at the end of the month, `labelOf` the share is among its `thinned`. Returns
   * the place to go on from, or null at the end.
   */
  async thin(month: string, { kind, months }: AuditShare, after: string | null): Promise<string | null> {
    const values = [`${month}-01`, kind, months, actionsOfKind(kind), after ?? NIL, ROWS];
    return (
      (await this.database.autocommitAcrossTenants.one<{ last: string | null }>(THIN_MONTH, values))?.last ??
      null
    );
  }
}

/** Under which a month remembers that it has lost the share. */
export function labelOf({ kind, months }: AuditShare): string {
  return months === null ? kind : `${kind}:${months}`;
}

const LIST_SHARES = `
  SELECT DISTINCT kind, months FROM tenants
  CROSS JOIN LATERAL (VALUES ('sign-ins', audit_sign_ins_months), ('changes', audit_changes_months)) AS own (kind, months)
  WHERE (audit_sign_ins_months IS NOT NULL OR audit_changes_months IS NOT NULL) AND months IS NOT NULL`;

/** $1 the first time, $2 the month, $3 the last id of the previous page, $4 limit. */
const READ = `
  SELECT a.id, to_jsonb(a)::text AS line FROM audit_events a
  WHERE a.occurred_at >= $1::timestamp AT TIME ZONE 'UTC'
    AND a.occurred_at < ($2::timestamp + interval '1 month') AT TIME ZONE 'UTC' AND a.id > $3
  ORDER BY a.id LIMIT $4`;

/** $1 month, $2 kind, $3 months or null, $4 actions, $5 the place to go on from, $6 how many rows to look at. */
const THIN_MONTH = 'SELECT last FROM thin_audit_month($1, $2, $3, $4, $5, $6)';
