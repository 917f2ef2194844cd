import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { isOfOperator, type RequestOrigin } from '../../common/request-origin.js';
import type { Queries, Statement } from '../../database/queries.js';
import type { AuditEvent } from './audit-event.js';

/** Adds events to the audit trail; nothing changes one. Statements of sessions add their own event by themselves. */
@Injectable()
export class AuditEventsRepository {
  async insert(tx: Queries, event: AuditEvent, origin: RequestOrigin): Promise<void> {
    const row = toRow(event, origin);
    await tx.execute(INSERT_EVENT, Object.values(row));
  }

  /** One statement for all. `age` is the time since the event in seconds: the database's clock says when that was. */
  async insertAll(
    tx: Queries,
    events: { event: AuditEvent; origin: RequestOrigin; age: number }[],
  ): Promise<void> {
    const rows = events.map(({ event, origin, age }) => ({ ...toRow(event, origin), age }));
    await tx.execute(INSERT_EVENTS, [JSON.stringify(rows)]);
  }
}

/** In the order of COLUMNS. An event that a tenant reads does not say from where an operator acted; the log does. */
function toRow(event: AuditEvent, origin: RequestOrigin) {
  const isHidden = event.tenantId !== null && isOfOperator(origin);
  return {
    id: newId(),
    tenant_id: event.tenantId,
    actor_kind: event.actorKind ?? (event.actorId === null ? 'anonymous' : 'user'),
    actor_id: event.actorId,
    action: event.action,
    outcome: event.outcome ?? 'success',
    target_kind: event.target?.kind ?? null,
    target_id: event.target?.id ?? null,
    address: isHidden ? null : origin.address,
    user_agent: isHidden ? null : origin.userAgent,
    request_id: origin.requestId,
    detail: { ...event.detail, ...(origin.impersonatedBy && { impersonatedBy: origin.impersonatedBy }) },
  };
}

const COLUMNS = `id, tenant_id, actor_kind, actor_id, action, outcome, target_kind, target_id,
                 address, user_agent, request_id, detail`;

/** Parameters in the order of COLUMNS: $1 id … $12 detail. */
const INSERT_EVENT: Statement = {
  name: 'insert-audit-event',
  text: insertFrom(
    `VALUES ($1::uuid, $2::uuid, $3, $4::uuid, $5, $6, $7, $8::uuid, $9, $10, $11, $12::jsonb, now())`,
  ),
};

/** $1 a JSON array of rows with COLUMNS and `age`. */
const INSERT_EVENTS = insertFrom(`
  SELECT ${COLUMNS}, now() - make_interval(secs => age)
  FROM jsonb_to_recordset($1::jsonb) AS event (id uuid, tenant_id uuid, actor_kind text, actor_id uuid, action text,
    outcome text, target_kind text, target_id uuid, address text, user_agent text, request_id text, detail jsonb,
    age float8)`);

/**
 * Inserts events of no tenant as part of another statement. `source` has COLUMNS in this order. Such an event names whom
 * it likes: no tenant reads it.
 */
export function insertEventsOfNoTenant(source: string): string {
  return `INSERT INTO audit_events (${COLUMNS}) ${source}`;
}

/**
 * The statement that inserts audit events. It removes from a tenant's event every user whom the tenant does not
 * know: it keeps members, and former members who have acted in the tenant. The target of a refused event is kept only
 * if it is a member, so that the tenant cannot learn whether a tried identifier belongs to a former one.
 */
function insertFrom(events: string): string {
  return `
    INSERT INTO audit_events (${COLUMNS}, occurred_at)
    SELECT id, tenant_id, CASE WHEN knows_actor THEN actor_kind ELSE 'anonymous' END,
      CASE WHEN knows_actor THEN actor_id END, action, outcome, CASE WHEN knows_target THEN target_kind END,
      CASE WHEN knows_target THEN target_id END, address, user_agent, request_id, detail, occurred_at
    FROM (
      SELECT event.*, ${isKnown('actor', hasActed('actor'))} AS knows_actor,
        ${isKnown('target', `outcome = 'success' AND ${hasActed('target')}`)} AS knows_target
      FROM (${events}) AS event (${COLUMNS}, occurred_at)
    ) AS known`;
}

function isKnown(who: 'actor' | 'target', otherwise: string): string {
  return `
    (tenant_id IS NULL OR ${who}_kind IS DISTINCT FROM 'user'
     OR EXISTS (SELECT 1 FROM memberships m WHERE m.tenant_id = event.tenant_id AND m.user_id = event.${who}_id)
     OR ${otherwise})`;
}

function hasActed(who: 'actor' | 'target'): string {
  return `
    EXISTS (SELECT 1 FROM audit_events a
            WHERE a.actor_id = event.${who}_id AND a.actor_kind = 'user' AND a.tenant_id = event.tenant_id)`;
}
