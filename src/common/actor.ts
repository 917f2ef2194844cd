import { AppError } from './app-error.js';
import type { RequestOrigin } from './request-origin.js';
import type { PermissionMap } from './permissions.js';

/** A person as one session knows them, read from the database at this very request. */
export interface SessionState {
  sessionId: string;
  /** Access tokens of another version are dead. */
  tokenVersion: number;
  /** Refresh tokens are good for this turn of the exchanges that began with this token version. */
  generation: number;
  refreshVersion: number;
  /** Of the pair that takes the place of the present one at its first use; null where none waits. */
  successorVersion: number | null;
  authenticatedAt: Date;
  /** The absolute end; nothing extends it. */
  expiresAt: Date;
  /** The active organisation wants a second factor and the person has none: the session is good for enrolling only. */
  enrolmentRequired: boolean;
  user: {
    id: string;
    email: string | null;
    emailVerified: boolean;
    pendingEmail: string | null;
    phone: string | null;
    phoneVerified: boolean;
    firstName: string;
    lastName: string;
    avatar: string | null;
    twoFactorEnabled: boolean;
    createdAt: Date;
  };
  /** Absent where the person works in no organisation at the moment. */
  membership: {
    id: string;
    tenant: { id: string; slug: string; name: string };
    /** With the permissions of the person's own role and of their department's together. */
    role: { key: string; name: string; level: number; permissions: PermissionMap };
    departmentId: string | null;
    teamIds: string[];
    /** Names that a product gives to what the member looks after. */
    assignedAgents: string[];
  } | null;
}

/** Who calls. Services take it first and read tenant and rights from it, never from the request. */
export interface Actor {
  kind: 'user';
  userId: string;
  session: SessionState;
  origin: RequestOrigin;
}

/** A program with an API key: what its owner may do in the key's organisation now, as far as the key's scopes reach. */
export interface ApiKeyActor {
  kind: 'api-key';
  /** The owner. */
  userId: string;
  user: SessionState['user'];
  membership: NonNullable<SessionState['membership']>;
  key: { id: string; name: string; scopes: string[]; expiresAt: Date | null };
  /** The text that was shown: the key was rotated, and has a newer one, where this one ends before it. */
  secret: { issuedAt: Date; expiresAt: Date | null };
  /** The right at use: scopes ∩ the owner's present rights. */
  permissions: PermissionMap;
  origin: RequestOrigin;
}

/** A person, in the organisation they work in if any. */
export type Identity = Pick<SessionState, 'user' | 'membership'>;

/** Whoever calls. Only handlers that `@Authorize` opens to API keys meet anything but a person. */
export type Caller = Actor | ApiKeyActor;

export class NoActiveTenant extends AppError {
  constructor() {
    super('no_active_tenant', { detail: 'Switch to one of your organisations, or create one.' });
  }
}

/** The actor's membership in the active tenant; throws NoActiveTenant where there is none. */
export function membershipOf(actor: Actor): NonNullable<SessionState['membership']> {
  if (!actor.session.membership) throw new NoActiveTenant();
  return actor.session.membership;
}

/** Who is behind a call: the person, or the owner of the key. */
export function identityOf(caller: Caller): Identity {
  return caller.kind === 'user' ? caller.session : caller;
}

/**
 * As `identityOf`, for those who are to go by it: as long as a session must enrol a second factor, its person is told of
 * like one without an organisation, since they may do nothing there.
 */
export function effectiveIdentityOf(caller: Caller): Identity {
  const { user, membership } = identityOf(caller);
  return { user, membership: mustEnrol(caller) ? null : membership };
}

/** Whether the caller must enrol a second factor before anything else. */
export function mustEnrol(caller: Caller): boolean {
  return caller.kind === 'user' && caller.session.enrolmentRequired;
}

/** The level of the caller's role; of a key, of its owner's. Throws NoActiveTenant. */
export function levelOf(caller: Caller): number {
  return (caller.kind === 'user' ? membershipOf(caller) : caller.membership).role.level;
}

/** What the caller may do: a person by their role, a key within it. Throws NoActiveTenant. */
export function permissionsOf(caller: Caller): PermissionMap {
  return caller.kind === 'user' ? membershipOf(caller).role.permissions : caller.permissions;
}
