import type { Identifier } from '../../common/identifiers.js';
import type { Statement } from '../../database/database.js';
import type { User } from './entities/user.entity.js';

type Kind = Identifier['kind'];

/** Whether the person has proven their identifier of this kind. */
export function hasProven(user: User, kind: Kind): boolean {
  return (kind === 'email' ? user.emailVerifiedAt : user.phoneVerifiedAt) !== null;
}

/**
 * Whether the person's identifier of this kind leads back in. One that is not proven recovers only an account that has
 * proven none: it must not lead into what the proof of another protects.
 */
export function isRecoverableBy(user: User, kind: Kind): boolean {
  return hasProven(user, kind) || !(user.emailVerifiedAt || user.phoneVerifiedAt);
}

/** `isRecoverableBy`, as a query: $1 identifier, $2 slug of the tenant it must be a member of, or null. */
export const FIND_RECOVERABLE: Record<Kind, Statement> = {
  email: findRecoverable('email', 'phone'),
  phone: findRecoverable('phone', 'email'),
};

function findRecoverable(kind: Kind, other: Kind): Statement {
  return {
    name: `find-user-recoverable-by-${kind}`,
    text: `
      SELECT u.id FROM users u
      WHERE u.${kind} = $1 AND u.status = 'active'
        AND (u.${kind}_verified_at IS NOT NULL OR u.${other}_verified_at IS NULL)
        AND ($2::text IS NULL OR EXISTS (
          SELECT 1 FROM memberships m JOIN tenants t ON t.id = m.tenant_id
          WHERE m.user_id = u.id AND t.slug = $2))`,
  };
}
