import { Injectable } from '@nestjs/common';
import type { Queries } from '../../database/queries.js';
import type { TenantReads } from '../../database/transaction.js';
import type { EventPlace } from './event-place.js';
import type { AuditFilter, PlacedEvent } from './listed-event.js';

export interface EventsQuery {
  filter: AuditFilter;
  order: 'newest first' | 'oldest first';
  /** Only events before this time, in PostgreSQL's text format. */
  before?: string;
  /** The last event of the previous page, or null. */
  after: EventPlace | null;
  limit: number;
}

/** Reads the audit trail of a tenant. */
@Injectable()
export class AuditTrailRepository {
  /** Pages by the keyset of time and id, so that new events do not shift later pages. */
  list(tx: TenantReads, query: EventsQuery): Promise<PlacedEvent[]> {
    const values: unknown[] = [tx.tenantId, query.limit];
    const parameter = (value: unknown) => `$${values.push(value)}`;
    return tx.many<PlacedEvent>(selectEvents(query, parameter), values);
  }

  /** The start of the transaction, with the full precision of the database, which a Date does not have. */
  async readTime(tx: Queries): Promise<string> {
    const row = await tx.one<{ now: string }>('SELECT now()::text AS now');
    if (!row) throw new Error('The database returned no time');
    return row.now;
  }
}

/**
 * Names are not stored but read with the events. A user's name is read through their membership: of a former member the
 * tenant sees only the id.
 */
const readEvents = (page: string, order: string) => `
  SELECT a.id, a.occurred_at AS "occurredAt", ${microsOf('a.occurred_at')} AS micros,
    a.actor_kind AS "actorKind", a.actor_id AS "actorId", a.action, a.outcome,
    a.target_kind AS "targetKind", a.target_id AS "targetId", a.address, a.user_agent AS "userAgent",
    a.request_id AS "requestId", a.detail,
    CASE a.actor_kind
      WHEN 'user' THEN (
        SELECT trim(u.first_name || ' ' || u.last_name) FROM memberships m
        JOIN users u ON u.id = m.user_id AND u.status = 'active'
        WHERE m.tenant_id = a.tenant_id AND m.user_id = a.actor_id)
      WHEN 'api_key' THEN (SELECT k.name FROM api_keys k WHERE k.tenant_id = a.tenant_id AND k.id = a.actor_id)
    END AS "actorName"
  FROM (${page}) a ORDER BY ${order}`;

/** $1 tenant, $2 limit. */
function selectEvents({ filter, order, before, after }: EventsQuery, parameter: Parameter): string {
  const direction = order === 'newest first' ? 'DESC' : 'ASC';
  const inOrder = `occurred_at ${direction}, id ${direction}`;
  const conditions = ['tenant_id = $1', ...filterConditions(filter, parameter)];
  if (before !== undefined) conditions.push(`occurred_at < ${parameter(before)}::timestamptz`);
  if (after !== null) conditions.push(...beyond(after, direction, parameter, timeOf));
  const page = (more: string[]) =>
    `SELECT * FROM audit_events WHERE ${[...conditions, ...more].join(' AND ')} ORDER BY ${inOrder} LIMIT $2`;
  const { actions, actorId, targetId } = filter;
  if (actions === undefined) return readEvents(page([]), inOrder);
  const wanted = parameter(actions);
  // The index on the actor or target finds few events
  if (actorId ?? targetId) return readEvents(page([`action = ANY (${wanted}::text[])`]), inOrder);
  // An index has the events of one action in order, so that a page of each action is read
  const ofEach = `
    SELECT own.* FROM unnest(${wanted}::text[]) AS wanted (action)
    CROSS JOIN LATERAL (${page(['action = wanted.action'])}) own ORDER BY ${inOrder} LIMIT $2`;
  return readEvents(ofEach, inOrder);
}

/** The conditions of the events after a place of this order. `timeOf` is the time of the event with this id. */
export function beyond(
  { id, micros }: EventPlace,
  direction: 'ASC' | 'DESC',
  parameter: Parameter,
  timeOf: (id: string) => string,
): string[] {
  const own = parameter(id);
  const at = micros === null ? timeOf(own) : toTime(parameter(micros));
  const sign = direction === 'DESC' ? '<' : '>';
  // The first leaves out months, the second is that of the index
  return [`occurred_at ${sign}= ${at}`, `(occurred_at, id) ${sign} (${at}, ${own})`];
}

const toTime = (micros: string) =>
  `(timestamptz '1970-01-01 00:00+00' + ${micros}::bigint * interval '1 microsecond')`;

/** A time as places have it. */
export function microsOf(time: string): string {
  return `(extract(epoch FROM ${time}) * 1000000)::bigint::text`;
}

/** OFFSET 0: by the id, not by an index on the tenant, of which PostgreSQL expects few rows. */
const timeOf = (id: string) => `(
  SELECT c.occurred_at FROM (SELECT tenant_id, occurred_at FROM audit_events WHERE id = ${id} OFFSET 0) c
  WHERE c.tenant_id = $1)`;

/** Adds a value of the statement, and returns its name. */
export type Parameter = (value: unknown) => string;

function filterConditions(
  { actorId, targetId, outcome, from, to }: AuditFilter,
  parameter: Parameter,
): string[] {
  return [
    ...(actorId === undefined ? [] : [`actor_id = ${parameter(actorId)}`]),
    ...(targetId === undefined ? [] : [`target_id = ${parameter(targetId)}`]),
    // As constants, which an index on refused events requires
    ...(outcome === undefined ? [] : [outcome === 'refused' ? `outcome = 'refused'` : `outcome = 'success'`]),
    ...(from === undefined ? [] : [`occurred_at >= ${parameter(from)}`]),
    ...(to === undefined ? [] : [`occurred_at < ${parameter(to)}`]),
  ];
}
