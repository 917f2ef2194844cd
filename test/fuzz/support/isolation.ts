import { decoded, findOperation } from '../../support/documents.js';
import type { Difference } from './database-snapshot.js';
import type { WireRequest } from './requests.js';
import type { FuzzReply } from './sender.js';
import type { Actor, World } from './world.js';

/** What anybody may cause in any mailbox by entering its address: links, codes, counts. */
const MAILBOX = new Set(['messages', 'one_time_secrets', 'otp_challenges', 'attempts', 'audit_events']);

/** A success of an actor without access to the operation. */
export function findIntrusions(actor: Actor, { method, path }: WireRequest, { status }: FuzzReply): string[] {
  if (status >= 400) return [];
  const access = findOperation(method === 'HEAD' ? 'GET' : method, path)?.operation['x-access'];
  return access && actor.isKeptOut(access) ? [`${status} for an actor without access`] : [];
}

/** Rows of the other tenant and its people that were added, removed or changed. */
export function findLosses({ homeTenantId, other }: World, differences: Difference[]): string[] {
  const rows = differences
    .filter(({ table, row }) => !MAILBOX.has(table) && row.tenant_id !== homeTenantId)
    // Failures are counted for every caller
    .map(({ table, row }) => `${table} ${JSON.stringify({ ...row, consecutive_failures: null })}`)
    .filter((text) => other.ids.some((id) => text.includes(id)));
  const changed = rows.filter(
    (text, index) => rows.indexOf(text) === index && rows.lastIndexOf(text) === index,
  );
  return changed.map((text) => `a row of the other tenant: ${text}`);
}

/** Data of the other tenant in the response that was not in the request. */
export function findLeaks(
  { other }: World,
  { path, headers, body }: WireRequest,
  { text }: FuzzReply,
): string[] {
  const said = other.markers.filter((marker) => text.includes(marker));
  if (said.length === 0) return [];
  const asked = [path, decoded(path), ...headers, String(body)].join('\n');
  // A slug is derived from the name
  const isAsked = (marker: string) =>
    asked.includes(marker) || (marker === other.slug && asked.includes(other.name));
  return said.filter((marker) => !isAsked(marker)).map((marker) => `the other tenant's ${marker}`);
}
