import type { Client, Reply } from './client.js';
import { until } from './until.js';

export interface AuditEvent {
  id: string;
  occurredAt: string;
  actor: { kind: string; id: string | null; name: string | null };
  action: string;
  outcome: string;
  target: { kind: string; id: string } | null;
  address: string | null;
  userAgent: string | null;
  requestId: string | null;
  detail: Record<string, unknown>;
}

export interface AuditPage {
  data: AuditEvent[];
  nextCursor: string | null;
}

const PATH = '/tenants/current/audit-events';

type Query = Record<string, string>;

export function listEvents(as: Client, query: Query = {}): Promise<Reply<AuditPage>> {
  return as.get<AuditPage>(`${PATH}?${new URLSearchParams(query).toString()}`);
}

/** The first page's events. */
export async function eventsOf(as: Client, query: Query = {}): Promise<AuditEvent[]> {
  const reply = await listEvents(as, { limit: '100', ...query });
  if (reply.status !== 200) throw new Error(`The audit trail answered ${reply.status} ${reply.text}`);
  return reply.body.data;
}

export const actionsOf = (events: AuditEvent[]): string[] => events.map(({ action }) => action);

/** All pages, one after the other; `between` runs after each. */
export async function walkEvents(
  as: Client,
  query: Query,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  let cursor: string | null = null;
  do {
    const { body }: Reply<AuditPage> = await listEvents(as, { ...query, ...(cursor !== null && { cursor }) });
    events.push(...body.data);
    cursor = body.nextCursor;
    await between();
  } while (cursor !== null);
  return events;
}

export function exportEvents(as: Client, query: Query = {}): Promise<Reply> {
  return as.get(`${PATH}/export?${new URLSearchParams(query).toString()}`);
}

export const linesOf = (ndjson: string): AuditEvent[] =>
  ndjson
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as AuditEvent);

/** Reads until they exist: sums of denials are written a moment after the responses. */
export async function eventually<T>(read: () => Promise<T | undefined>): Promise<T> {
  let found: T | undefined;
  await until(async () => (found = await read()) !== undefined);
  return found as T;
}

/**
 * Rows that sum denials up: each is written a minute after the one before. The time is in the id of a row (RFC 9562
 * §5.7).
 */
export function expectRested(rows: { id: string }[]): void {
  const written = rows
    .map(({ id }) => parseInt(id.replace('-', '').slice(0, 12), 16))
    .sort((one, other) => one - other);
  // A wall clock is corrected now and then by milliseconds
  for (const [index, at] of written.slice(1).entries())
    expect(at - (written[index] ?? 0)).toBeGreaterThan(58_000);
}
