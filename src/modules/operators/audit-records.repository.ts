import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { AuditAction } from '../audit/audit-actions.js';
import type { ListedEvent } from '../audit/listed-event.js';

/** An event of any tenant, or of none. */
export type AuditRecord = Omit<ListedEvent, 'actorName'> & { tenantId: string | null };

/** Absent members do not filter. */
export interface AuditRecordsQuery {
  /** Null: the events of no tenant, among which are those of operators. */
  tenantId?: string | null;
  actorId?: string;
  targetId?: string;
  /** The actor or the target. */
  partyId?: string;
  actions?: AuditAction[];
  /** Not before. */
  since?: Date;
  after: string | null;
  limit: number;
}

/** Reads the audit trails of all tenants, and that of operators. */
@Injectable()
export class AuditRecordsRepository {
  constructor(private readonly database: Database) {}

  /** Newest first, by their ids, which grow with time. */
  list(query: AuditRecordsQuery): Promise<AuditRecord[]> {
    const { tenantId, actorId, targetId, partyId, actions, since, after, limit } = query;
    const values: unknown[] = [limit];
    const parameter = (value: unknown) => `$${values.push(value)}`;
    const conditions = [
      ...(tenantId === null ? ['tenant_id IS NULL'] : []),
      ...(tenantId ? [`tenant_id = ${parameter(tenantId)}`] : []),
      ...(actorId === undefined ? [] : [`actor_id = ${parameter(actorId)}`]),
      ...(targetId === undefined ? [] : [`target_id = ${parameter(targetId)}`]),
      ...(partyId === undefined ? [] : [about(parameter(partyId))]),
      ...(since === undefined ? [] : [`occurred_at >= ${parameter(since)}::timestamptz`]),
      ...(actions === undefined ? [] : [`action = ANY (${parameter(actions)}::text[])`]),
      ...(after === null ? [] : [`id < ${parameter(after)}::uuid`]),
    ];
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    return this.database.autocommitAcrossTenants.many<AuditRecord>(
      `SELECT ${COLUMNS} FROM audit_events ${where} ORDER BY id DESC LIMIT $1`,
      values,
    );
  }
}

const about = (party: string): string => `(actor_id = ${party} OR target_id = ${party})`;

const COLUMNS = `
  id, tenant_id AS "tenantId", occurred_at AS "occurredAt", actor_kind AS "actorKind", actor_id AS "actorId", action,
  outcome, target_kind AS "targetKind", target_id AS "targetId", address, user_agent AS "userAgent",
  request_id AS "requestId", detail`;
