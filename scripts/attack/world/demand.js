import { describe } from '../http/reply.js';
import { NotTried } from '../outcomes.js';

/** The response, if it has the status that a set-up needs. A limit of the target is not an error of it. */
export function demand(reply, ...statuses) {
  if (statuses.includes(reply.status)) return reply;
  if (reply.status === 429) throw new NotTried(`the target limits the set-up (${describe(reply)})`);
  throw new Error(`The set-up needed ${statuses.join(' or ')} and got ${reply.status} ${reply.text}`);
}
