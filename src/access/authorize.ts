import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension, ApiSecurity } from '@nestjs/swagger';
import type { OwnPermission as Permission } from '../common/permissions.js';

/** A person with a session, a program with an API key of that person, or a machine client. */
type ActorKind = 'user' | 'apiKey' | 'serviceAccount';

export interface Admission {
  /**
   * Default: persons only. A handler that accepts API keys takes `@CurrentCaller()`, and one that accepts service
   * accounts `@CurrentPrincipal()`.
   */
  actors?: readonly ActorKind[];
}

/** What a handler requires in addition to the permission. */
export interface PermissionAdmission extends Admission {
  /** The lowest role level, from 0 to 100, that may call. An API key has the level of its owner. Default: any. */
  level?: number;
}

/**
 * Who may call a handler. It is declared on the handler, complete, and published in the OpenAPI document as `x-access`.
 * `scope` is the data that the handler reaches: the caller's own, or that of the active tenant; never another's. Only
 * operators reach several tenants, and no other caller reaches a handler of theirs.
 */
export type Access =
  | { kind: 'public'; reason: string }
  | { kind: 'optional'; reason: string }
  | ({ kind: 'signed-in'; scope: 'self' | 'active-tenant'; whileEnrolling?: true } & Admission)
  | ({ kind: 'permission'; scope: 'active-tenant'; permission: Permission } & PermissionAdmission)
  | { kind: 'operator' };

export const ACCESS = Symbol('Access');

/** The names of the security schemes for `X-API-Key` and for client secrets in the OpenAPI documents. */
export const API_KEY_SCHEME = 'apiKey';
export const CLIENT_SCHEME = 'client';

function declare(access: Access): MethodDecorator {
  const documented = applyDecorators(SetMetadata(ACCESS, access), ApiExtension('x-access', access));
  if (access.kind === 'public') return documented;
  const keys = admitsKeys(access) ? [ApiSecurity(API_KEY_SCHEME)] : [];
  const clients = admitsServices(access) ? [ApiSecurity(CLIENT_SCHEME)] : [];
  return applyDecorators(documented, ApiBearerAuth('bearer'), ...keys, ...clients);
}

/** True if the handler accepts API keys. */
export function admitsKeys(access: Access): boolean {
  return 'actors' in access && access.actors?.includes('apiKey') === true;
}

/** True if the handler accepts service accounts, by access token or by their secret as Basic authentication. */
export function admitsServices(access: Access): boolean {
  return 'actors' in access && access.actors?.includes('serviceAccount') === true;
}

/**
 * True if the handler accepts a person who must first enrol the second factor that their tenant requires. Public and
 * optional routes stay allowed: they start a new sign-in, which applies the target tenant's policy itself.
 */
export function admitsEnrolling(access: Access): boolean {
  if (access.kind === 'signed-in') return access.whileEnrolling === true;
  return access.kind === 'public' || access.kind === 'optional';
}

/** Every handler has exactly one of these; the global guard refuses every request to a handler without it. */
export const Authorize = Object.assign(
  /** The caller must hold this permission in the active tenant, through a role of at least this level. */
  (permission: Permission, admission: PermissionAdmission = {}): MethodDecorator =>
    declare({ kind: 'permission', scope: 'active-tenant', permission, ...admission }),
  {
    /**
     * Any signed-in person, for their own data only unless `scope` widens it. `whileEnrolling` also admits a person who
     * must first enrol a second factor; apart from public and optional routes, such a person reaches nothing else.
     */
    signedIn: (
      admission: Admission & { scope?: 'active-tenant'; whileEnrolling?: true } = {},
    ): MethodDecorator => declare({ kind: 'signed-in', scope: 'self', ...admission }),
    /** A signed-in operator, and nobody else: neither a person nor an API key, whatever their rights. */
    operator: (): MethodDecorator => declare({ kind: 'operator' }),
    /** No authentication. `reason` states why that is safe. */
    public: (reason: string): MethodDecorator => declare({ kind: 'public', reason }),
    /**
     * Anonymous or signed in, as `reason` states: the body has the credential. A request whose `Authorization` or
     * `X-API-Key` is not valid, such as the token of an ended session, is anonymous.
     */
    optional: (reason: string): MethodDecorator => declare({ kind: 'optional', reason }),
  },
);
