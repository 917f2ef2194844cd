import type { Difference } from './database-snapshot.js';
import { decoded, findOperation } from '../../support/documents.js';
import type { WireRequest } from './requests.js';
import type { FuzzReply } from './sender.js';
import type { Actor, World } from './world.js';

/** What anybody may cause in anybody's mailbox by writing their address: links, codes, counts. */
const MAILBOX = new Set(['messages', 'one_time_secrets', 'otp_challenges', 'attempts', 'audit_events']);

/** A success of somebody whom no operation of that access lets in. */
export function findIntrusions(actor: Actor, { method, path }: WireRequest, { status }: FuzzReply): string[] {
  if (status >= 400) return [];
  const access = findOperation(method === 'HEAD' ? 'GET' : method, path)?.operation['x-access'];
  return access && actor.isKeptOut(access) ? [`${status} for somebody who is not let in`] : [];
}

/** Rows of the other tenant and its people that came, went or changed. */
export function findLosses({ homeTenantId, other }: World, differences: Difference[]): string[] {
  const rows = differences
    .filter(({ table, row }) => !MAILBOX.has(table) && row.tenant_id !== homeTenantId)
    // Failures are counted, whoever causes them
    .map(({ table, row }) => `${table} ${JSON.stringify({ ...row, consecutive_failures: null })}`)
    .filter((text) => other.ids.some((id) => text.includes(id)));
  const changed = rows.filter(
    (text, index) => rows.indexOf(text) === index && rows.lastIndexOf(text) === index,
  );
  return changed.map((text) => `a row of the other tenant: ${text}`);
}

/** What the answer says of the other tenant that the request did not. */
export function findLeaks(
  { other }: World,
  { path, headers, body }: WireRequest,
  { text }: FuzzReply,
): string[] {
  const said = other.treasures.filter((treasure) => text.includes(treasure));
  if (said.length === 0) return [];
  const asked = [path, decoded(path), ...headers, String(body)].join('\n');
  // A slug is made of the name
  const isAsked = (treasure: string) =>
    asked.includes(treasure) || (treasure === other.slug && asked.includes(other.name));
  return said.filter((treasure) => !isAsked(treasure)).map((treasure) => `the other tenant's ${treasure}`);
}
