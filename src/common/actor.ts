import { AppError } from './app-error.js';
import type { Metadata } from './metadata.js';
import type { PermissionMap } from './permissions.js';
import type { RequestOrigin } from './request-origin.js';

/** The state of a session, read from the database for this request. */
export interface SessionState {
  sessionId: string;
  /** Access tokens of another version are no longer valid. */
  tokenVersion: number;
  /** The refresh token of this rotation is valid; the count begins anew with each token version. */
  generation: number;
  refreshVersion: number;
  /** Version of the token pair that replaces the present one when it is first used; null if none is waiting. */
  successorVersion: number | null;
  /** Seconds since the sign-in, by the database's clock. */
  signInAge: number;
  /** The absolute end; nothing extends it. */
  expiresAt: Date;
  /** Set if an operator holds the session in the place of the person. */
  impersonation: { operatorId: string; access: 'read' | 'write'; allowedAddresses: string[] } | null;
  /** Its refresh token is accepted in the cookie of a browser only, and is given out in no body. */
  inCookie: boolean;
  /** The active tenant requires a second factor and the person has none: the session may only enrol one. */
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
    locale: string | null;
    timeZone: string | null;
    publicMetadata: Metadata;
    twoFactorEnabled: boolean;
    createdAt: Date;
  };
  /** Absent if the person works in no tenant at the moment. */
  membership: {
    id: string;
    tenant: {
      id: string;
      slug: string;
      name: string;
      /** In which it was created; null if nobody knows. */
      product: string | null;
    };
    /** The permissions of the person's own role and of their department's role, combined. */
    role: { key: string; name: string; level: number; permissions: PermissionMap };
    departmentId: string | null;
    teamIds: string[];
    /** Names that a product gives to the records the member is responsible for. */
    assignedAgents: string[];
  } | null;
}

/** A signed-in caller. Services take it first and read tenant and permissions from it, never from the request. */
export interface Actor {
  kind: 'user';
  userId: string;
  session: SessionState;
  origin: RequestOrigin;
}

/** A program with an API key: the permissions of its owner in the key's tenant, limited by the key's scopes. */
export interface ApiKeyActor {
  kind: 'api-key';
  /** The owner. */
  userId: string;
  user: SessionState['user'];
  membership: NonNullable<SessionState['membership']>;
  key: { id: string; name: string; scopes: string[]; expiresAt: Date | null };
  /** The secret that authenticated this request. After a rotation the older secret ends before the key. */
  secret: { issuedAt: Date; expiresAt: Date | null };
  /** Effective now: the key's scopes that the owner holds at present. */
  permissions: PermissionMap;
  origin: RequestOrigin;
}

/** A machine client (RFC 6749 §4.4), which acts for itself: for no person. */
export interface ServiceAccountActor {
  kind: 'service-account';
  account: { id: string; name: string };
  /** The one tenant whose callers it may ask about; null for an account of a product. */
  tenantId: string | null;
  /** The product whose tenants’ callers it may ask about, if it is of no tenant. */
  product: string;
  /** Effective now: those of its access token that the account still has. */
  scopes: string[];
  origin: RequestOrigin;
}

/** The operator who acts in the place of the person; null if the person acts. */
export function operatorOf(caller: Principal): string | null {
  return caller.kind === 'user' ? (caller.session.impersonation?.operatorId ?? null) : null;
}

/** A person, and their tenant if they work in one. */
export type Identity = Pick<SessionState, 'user' | 'membership'>;

/** The caller of any kind. Only handlers that `@Authorize` opens to API keys receive one that is not a person. */
export type Caller = Actor | ApiKeyActor;

/** As `Caller`, with the machine clients that a handler may also admit. */
export type Principal = Caller | ServiceAccountActor;

export class NoActiveTenant extends AppError {
  constructor() {
    super('no_active_tenant', { detail: 'Switch to one of your organisations, or create one.' });
  }
}

/** The actor's membership in the active tenant. Throws NoActiveTenant if there is none. */
export function membershipOf(actor: Actor): NonNullable<SessionState['membership']> {
  if (!actor.session.membership) throw new NoActiveTenant();
  return actor.session.membership;
}

/** The person who calls, or the owner of the API key. */
export function identityOf(caller: Caller): Identity {
  return caller.kind === 'user' ? caller.session : caller;
}

/**
 * As `identityOf`, for services that decide by the result: without the membership while the person must enrol a second
 * factor, since until then they may do nothing in the tenant.
 */
export function effectiveIdentityOf(caller: Caller): Identity {
  const { user, membership } = identityOf(caller);
  return { user, membership: mustEnrol(caller) ? null : membership };
}

/** True if the caller must enrol a second factor before anything else. */
export function mustEnrol(caller: Caller): boolean {
  return caller.kind === 'user' && caller.session.enrolmentRequired;
}

/** The level of the caller's role; of an API key, the level of its owner. Throws NoActiveTenant. */
export function levelOf(caller: Caller): number {
  return (caller.kind === 'user' ? membershipOf(caller) : caller.membership).role.level;
}

/** The permissions of the caller: those of the role, or of the API key within it. Throws NoActiveTenant. */
export function permissionsOf(caller: Caller): PermissionMap {
  return caller.kind === 'user' ? membershipOf(caller).role.permissions : caller.permissions;
}
