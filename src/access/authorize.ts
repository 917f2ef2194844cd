import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import type { Permission } from '../common/permissions.js';

/** Who may call a handler: the whole truth, on the handler itself, and in the OpenAPI document as `x-access`. */
export type Access =
  | { kind: 'public'; reason: string }
  | { kind: 'optional'; reason: string }
  | { kind: 'signed-in'; whileEnrolling?: true }
  | { kind: 'permission'; permission: Permission };

export const ACCESS = Symbol('Access');

function declare(access: Access): MethodDecorator {
  const documented = applyDecorators(SetMetadata(ACCESS, access), ApiExtension('x-access', access));
  return access.kind === 'public' ? documented : applyDecorators(documented, ApiBearerAuth('bearer'));
}

/** Exactly one per handler; the global guard lets nobody into a handler without it. */
export const Authorize = Object.assign(
  /** The actor must hold this permission in the active tenant. */
  (permission: Permission): MethodDecorator => declare({ kind: 'permission', permission }),
  {
    /**
     * Any signed-in person, for their own data only. `whileEnrolling`: also one whose organisation requires a second
     * factor that they do not have yet; nothing else is open to them.
     */
    signedIn: ({ whileEnrolling }: { whileEnrolling?: true } = {}): MethodDecorator =>
      declare({ kind: 'signed-in', ...(whileEnrolling && { whileEnrolling }) }),
    /** Nobody is asked who they are; says why that is right. */
    public: (reason: string): MethodDecorator => declare({ kind: 'public', reason }),
    /** Anonymous or signed in, as the reason says; a bad token is refused all the same. */
    optional: (reason: string): MethodDecorator => declare({ kind: 'optional', reason }),
  },
);
