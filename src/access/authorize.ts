import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension, ApiSecurity } from '@nestjs/swagger';
import type { Permission } from '../common/permissions.js';

/** A person with a session, or a program with an API key of theirs. */
type ActorKind = 'user' | 'apiKey';

export interface Admission {
  /** Default: persons only. A handler that lets keys in takes `@CurrentCaller()`. */
  actors?: readonly ActorKind[];
}

/** What a permission alone does not say. */
export interface PermissionAdmission extends Admission {
  /** The least level that the caller's role has, from 0 to 100; of a key, its owner's. Default: any. */
  level?: number;
}

/**
 * Who may call a handler: the whole truth, on the handler itself, and in the OpenAPI document as `x-access`. `scope` is
 * what can be reached behind it: the caller's own person, or the tenant their session or key works in; never another.
 */
export type Access =
  | { kind: 'public'; reason: string }
  | { kind: 'optional'; reason: string }
  | ({ kind: 'signed-in'; scope: 'self' | 'active-tenant'; whileEnrolling?: true } & Admission)
  | ({ kind: 'permission'; scope: 'active-tenant'; permission: Permission } & PermissionAdmission);

export const ACCESS = Symbol('Access');

/** The name of the documents' security scheme for `X-API-Key`. */
export const API_KEY_SCHEME = 'apiKey';

function declare(access: Access): MethodDecorator {
  const documented = applyDecorators(SetMetadata(ACCESS, access), ApiExtension('x-access', access));
  if (access.kind === 'public') return documented;
  const keys = admitsKeys(access) ? [ApiSecurity(API_KEY_SCHEME)] : [];
  return applyDecorators(documented, ApiBearerAuth('bearer'), ...keys);
}

/** Whether a handler is open to API keys. */
export function admitsKeys(access: Access): boolean {
  return 'actors' in access && access.actors?.includes('apiKey') === true;
}

/**
 * Whether a handler is open to somebody who has yet to enrol the second factor their organisation requires. What is
 * open without a session is open with that one: whatever it opens is judged by the organisation it leads to.
 */
export function admitsEnrolling(access: Access): boolean {
  if (access.kind === 'signed-in') return access.whileEnrolling === true;
  return access.kind !== 'permission';
}

/** Exactly one per handler; the global guard lets nobody into a handler without it. */
export const Authorize = Object.assign(
  /** The caller must hold this permission in the active tenant, in a role of this level or above. */
  (permission: Permission, admission: PermissionAdmission = {}): MethodDecorator =>
    declare({ kind: 'permission', scope: 'active-tenant', permission, ...admission }),
  {
    /**
     * Any signed-in person, for their own data only, unless `scope` says otherwise. `whileEnrolling`: also one whose
     * organisation requires a second factor that they do not have yet; but for what is open to everybody, nothing else
     * is open to them.
     */
    signedIn: (
      admission: Admission & { scope?: 'active-tenant'; whileEnrolling?: true } = {},
    ): MethodDecorator => declare({ kind: 'signed-in', scope: 'self', ...admission }),
    /** Nobody is asked who they are; says why that is right. */
    public: (reason: string): MethodDecorator => declare({ kind: 'public', reason }),
    /** Anonymous or signed in, as the reason says; a bad token is refused all the same. */
    optional: (reason: string): MethodDecorator => declare({ kind: 'optional', reason }),
  },
);
