import type { AuditFilter } from './listed-event.js';

/**
 * Names are not stored but read with the events. A user's name is read through their membership: of a former member the
 * tenant sees only the id.
 */
const EVENTS = `
  SELECT a.id, a.occurred_at AS "occurredAt", a.actor_kind AS "actorKind", a.actor_id AS "actorId", a.action, a.outcome,
    a.target_kind AS "targetKind", a.target_id AS "targetId", a.address, a.user_agent AS "userAgent",
    a.request_id AS "requestId", a.detail,
    COALESCE(k.name, trim(u.first_name || ' ' || u.last_name)) AS "actorName"
  FROM audit_events a
  LEFT JOIN memberships m ON a.actor_kind = 'user' AND m.tenant_id = a.tenant_id AND m.user_id = a.actor_id
  LEFT JOIN users u ON u.id = m.user_id AND u.status = 'active'
  LEFT JOIN api_keys k ON a.actor_kind = 'api_key' AND k.tenant_id = a.tenant_id AND k.id = a.actor_id`;

export interface EventsQuery {
  tenantId: string;
  filter: AuditFilter;
  order: 'newest first' | 'oldest first';
  /** Only events before this time, in PostgreSQL's text format. */
  before?: string;
  /** The last event of the previous page, or null. */
  after: string | null;
  limit: number;
}

/** One page of a tenant's events. Pages by the keyset of time and id, so that new events do not shift later pages. */
export function selectEvents(query: EventsQuery): [string, unknown[]] {
  const { tenantId, filter, order, before, after, limit } = query;
  const values: unknown[] = [tenantId];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const isNewestFirst = order === 'newest first';
  const conditions = ['a.tenant_id = $1', ...filterConditions(filter, parameter)];
  if (before !== undefined) conditions.push(`a.occurred_at < ${parameter(before)}::timestamptz`);
  if (after !== null) {
    const id = parameter(after);
    const at = `(SELECT c.occurred_at FROM audit_events c WHERE c.tenant_id = $1 AND c.id = ${id})`;
    conditions.push(`(a.occurred_at, a.id) ${isNewestFirst ? '<' : '>'} (${at}, ${id})`);
  }
  const direction = isNewestFirst ? 'DESC' : 'ASC';
  const sql = `${EVENTS} WHERE ${conditions.join(' AND ')}
    ORDER BY a.occurred_at ${direction}, a.id ${direction} LIMIT ${parameter(limit)}`;
  return [sql, values];
}

function filterConditions(filter: AuditFilter, parameter: (value: unknown) => string): string[] {
  const { actorId, targetId, actions, outcome, from, to } = filter;
  return [
    ...(actorId === undefined ? [] : [`a.actor_id = ${parameter(actorId)}`]),
    ...(targetId === undefined ? [] : [`a.target_id = ${parameter(targetId)}`]),
    ...(actions === undefined ? [] : [`a.action = ANY (${parameter(actions)}::text[])`]),
    ...(outcome === undefined ? [] : [`a.outcome = ${parameter(outcome)}`]),
    ...(from === undefined ? [] : [`a.occurred_at >= ${parameter(from)}`]),
    ...(to === undefined ? [] : [`a.occurred_at < ${parameter(to)}`]),
  ];
}
