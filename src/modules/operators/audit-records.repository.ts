import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { AuditAction } from '../audit/audit-actions.js';
import { beyond, microsOf, type Parameter } from '../audit/audit-trail.repository.js';
import type { EventPlace } from '../audit/event-place.js';
import type { ListedEvent } from '../audit/listed-event.js';

/** An event of any tenant, or of none. */
export type AuditRecord = Omit<ListedEvent, 'actorName'> & { tenantId: string | null };

/** With its time in microseconds since 1970, which a Date does not have. */
type PlacedRecord = AuditRecord & { micros: string };

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
  /** The last event of the previous page, or null. */
  after: EventPlace | null;
  limit: number;
}

/** Reads the audit trails of all tenants, and that of operators. */
@Injectable()
export class AuditRecordsRepository {
  constructor(private readonly database: Database) {}

  /** Newest first. Pages by the keyset of time and id, so that new events do not shift later pages. */
  list(query: AuditRecordsQuery): Promise<PlacedRecord[]> {
    const values: unknown[] = [query.limit];
    const text = selectRecords(query, (value) => `$${values.push(value)}`);
    return this.database.autocommitAcrossTenants.many<PlacedRecord>(text, values);
  }
}

const COLUMNS = `
  id, tenant_id AS "tenantId", occurred_at AS "occurredAt", ${microsOf('occurred_at')} AS micros,
  actor_kind AS "actorKind", actor_id AS "actorId", action, outcome, target_kind AS "targetKind",
  target_id AS "targetId", address, user_agent AS "userAgent", request_id AS "requestId", detail`;

const IN_ORDER = 'occurred_at DESC, id DESC';

/**
 * $1 limit. Every index has the events of one value of its columns in order: of a tenant, of an action, of a person in a
 * tenant. So a page of each value is read, and the page is made of these: people act in few tenants, and a group has few
 * actions.
 */
function selectRecords(query: AuditRecordsQuery, parameter: Parameter): string {
  const { tenantId, actorId, targetId, partyId, actions, since, after } = query;
  const tenant = tenantId && parameter(tenantId);
  const wanted = actions && parameter(actions);
  const people = peopleConditions({ actorId, targetId, partyId }, parameter);
  const rest = [
    ...(since === undefined ? [] : [`occurred_at >= ${parameter(since)}::timestamptz`]),
    ...(after === null ? [] : beyond(after, 'DESC', parameter, timeOf)),
  ];
  const pages = people.flatMap((person) => {
    const page = (place: string[], order = IN_ORDER) => {
      const conditions = [...person, ...place, ...rest];
      if (!wanted) return selectPage(conditions, order);
      // The index on a person finds few events
      if (person.length > 0) return selectPage([...conditions, `action = ANY (${wanted}::text[])`], order);
      return readActions(wanted, selectPage([...conditions, 'action = wanted.action'], order));
    };
    if (tenant) return [page([`tenant_id = ${tenant}`])];
    // By a column of one value: PostgreSQL does not know that the index is in this order without it
    const ofNoTenant = page(['tenant_id IS NULL'], `tenant_id, ${IN_ORDER}`);
    if (tenantId === null) return [ofNoTenant];
    const [whom] = person;
    return whom === undefined ? [page([])] : [ofNoTenant, readTenants(whom, page(['tenant_id = place.id']))];
  });
  // An act on oneself is in two pages
  return `
    SELECT DISTINCT ON (occurred_at, id) ${COLUMNS}
    FROM (${pages.map((page) => `(${page})`).join(' UNION ALL ')}) AS events ORDER BY ${IN_ORDER} LIMIT $1`;
}

/** The conditions of each index that finds the events of a person. */
function peopleConditions(
  { actorId, targetId, partyId }: Pick<AuditRecordsQuery, 'actorId' | 'targetId' | 'partyId'>,
  parameter: Parameter,
): string[][] {
  const named = [
    ...(actorId === undefined ? [] : [`actor_id = ${parameter(actorId)}`]),
    ...(targetId === undefined ? [] : [`target_id = ${parameter(targetId)}`]),
  ];
  if (partyId === undefined) return [named];
  const party = parameter(partyId);
  return [
    [`actor_id = ${party}`, ...named],
    [`target_id = ${party}`, ...named],
  ];
}

const selectPage = (conditions: string[], order: string) =>
  `SELECT * FROM audit_events WHERE ${['true', ...conditions].join(' AND ')} ORDER BY ${order} LIMIT $1`;

const readActions = (actions: string, page: string) => `
  SELECT own.* FROM unnest(${actions}::text[]) AS wanted (action) CROSS JOIN LATERAL (${page}) own`;

/** A page of each tenant in which there is an event of a person. An index has them in the order of tenants. */
const readTenants = (person: string, page: string) => `
  SELECT own.* FROM (
    WITH RECURSIVE places (id) AS (
      (SELECT tenant_id FROM audit_events WHERE ${person} AND tenant_id IS NOT NULL ORDER BY tenant_id LIMIT 1)
      UNION ALL
      SELECT (SELECT tenant_id FROM audit_events WHERE ${person} AND tenant_id > p.id ORDER BY tenant_id LIMIT 1)
      FROM places p WHERE p.id IS NOT NULL
    ) SELECT id FROM places WHERE id IS NOT NULL
  ) place CROSS JOIN LATERAL (${page}) own`;

/** In a cursor of an earlier version there is no time. */
const timeOf = (id: string) => `(SELECT c.occurred_at FROM audit_events c WHERE c.id = ${id} LIMIT 1)`;
