import type { AuditAction } from './audit-actions.js';

/** `anonymous`: not authenticated; `operator`: signed in at the platform's contract, or somebody with
 * access to the server, who has no id. */
export type ActorKind = 'user' | 'api_key' | 'operator' | 'anonymous';

/** One event of the audit trail. `detail` must contain only ids and names, never a secret, a code or a token. */
export interface AuditEvent {
  action: AuditAction;
  tenantId: string | null;
  /** Null for an unauthenticated request and for somebody with access to the server. */
  actorId: string | null;
  /** Default: `user` with an `actorId`, else `anonymous`. */
  actorKind?: ActorKind;
  outcome?: 'success' | 'refused';
  target?: { kind: AuditTarget; id: string };
  detail?: Record<string, unknown>;
}

type AuditTarget =
  | 'user'
  | 'session'
  | 'tenant'
  | 'invitation'
  | 'membership'
  | 'role'
  | 'department'
  | 'team'
  | 'api_key'
  | 'trusted_device'
  | 'operator';
