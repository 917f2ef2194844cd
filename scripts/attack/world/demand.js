import { describe } from '../http/reply.js';
import { NotTried } from '../outcomes.js';

/** The answer, where it has the status that a set-up counts on. A limit of the target is no fault of it. */
export function demand(reply, ...statuses) {
  if (statuses.includes(reply.status)) return reply;
  if (reply.status === 429) throw new NotTried(`the target limits the set-up (${describe(reply)})`);
  throw new Error(`The set-up wanted ${statuses.join(' or ')} and got ${reply.status} ${reply.text}`);
}
