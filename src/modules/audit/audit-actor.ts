import type { Caller } from '../../common/actor.js';
import type { ActorKind } from './audit.service.js';

/** The actor of an audit event: the user, or the API key that authenticated the request. */
export function auditActorOf(caller: Caller): { kind: ActorKind; id: string } {
  return caller.kind === 'user'
    ? { kind: 'user', id: caller.userId }
    : { kind: 'api_key', id: caller.key.id };
}
