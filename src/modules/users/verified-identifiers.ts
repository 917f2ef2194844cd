import type { Identifier } from '../../common/identifiers.js';
import type { Statement } from '../../database/database.js';
import type { User } from './entities/user.entity.js';

type Kind = Identifier['kind'];

/** Whether the person has proven their identifier of this kind. */
export function hasVerified(user: User, kind: Kind): boolean {
  return user[kind] !== null && (kind === 'email' ? user.emailVerifiedAt : user.phoneVerifiedAt) !== null;
}

/** Whether the person has verified an identifier. One who has not merely claims to be who they say, and reaches nobody. */
export function hasVerifiedAny(user: User): boolean {
  return hasVerified(user, 'email') || hasVerified(user, 'phone');
}

/** `hasVerifiedAny` over a row of `users`. */
export const hasVerifiedAnyIn = (u: string): string =>
  `((${u}.email IS NOT NULL AND ${u}.email_verified_at IS NOT NULL)
    OR (${u}.phone IS NOT NULL AND ${u}.phone_verified_at IS NOT NULL))`;

/**
 * Whether the person's identifier of this kind leads back in. One that is not proven recovers only an account that has
 * proven none: it must not lead into what the proof of another protects.
 */
export function isRecoverableBy(user: User, kind: Kind): boolean {
  return hasVerified(user, kind) || !hasVerifiedAny(user);
}

/**
 * Who is sent a link or a code for a lost password: $1 identifier, $2 slug of the tenant they must be a member of, or
 * null. Whoever holds the identifier, verified or not: where it does not lead back in, its verification takes it off the
 * account, also off one that is being deleted.
 */
export const FIND_HOLDER_TO_RECOVER: Record<Kind, Statement> = {
  email: findHolderToRecover('email'),
  phone: findHolderToRecover('phone'),
};

function findHolderToRecover(kind: Kind): Statement {
  return {
    name: `find-holder-to-recover-by-${kind}`,
    text: `
      SELECT u.id FROM users u
      WHERE u.${kind} = $1 AND (u.status = 'active' OR (u.status = 'leaving' AND u.${kind}_verified_at IS NULL))
        AND ($2::text IS NULL OR EXISTS (
          SELECT 1 FROM memberships m JOIN tenants t ON t.id = m.tenant_id
          WHERE m.user_id = u.id AND t.slug = $2))`,
  };
}
