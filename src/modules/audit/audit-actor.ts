import type { Caller } from '../../common/actor.js';
import type { ActorKind } from './audit.service.js';

/** Who the trail names for a call: the person, or the key they gave a program. */
export function auditActorOf(caller: Caller): { kind: ActorKind; id: string } {
  return caller.kind === 'user'
    ? { kind: 'user', id: caller.userId }
    : { kind: 'api_key', id: caller.key.id };
}
