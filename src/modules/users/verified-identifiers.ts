import type { Identifier } from '../../common/identifiers.js';
import type { Statement } from '../../database/queries.js';
import type { User } from './entities/user.entity.js';

type Kind = Identifier['kind'];

/** Whether the user has verified their identifier of this kind. */
export function hasVerified(user: User, kind: Kind): boolean {
  return user[kind] !== null && (kind === 'email' ? user.emailVerifiedAt : user.phoneVerifiedAt) !== null;
}

/**
 * Whether the user has verified any identifier. Otherwise their identity is only claimed, and actions that affect
 * others are denied (`identifier_unverified`).
 */
export function hasVerifiedAny(user: User): boolean {
  return hasVerified(user, 'email') || hasVerified(user, 'phone');
}

/** `hasVerifiedAny` as SQL over a row of `users`. */
export const hasVerifiedAnyIn = (u: string): string =>
  `((${u}.email IS NOT NULL AND ${u}.email_verified_at IS NOT NULL)
    OR (${u}.phone IS NOT NULL AND ${u}.phone_verified_at IS NOT NULL))`;

/**
 * Whether the user's identifier of this kind can recover the account. An unverified identifier can only if no other is
 * verified: it must not open what a verified one protects.
 */
export function isRecoverableBy(user: User, kind: Kind): boolean {
  return hasVerified(user, kind) || !hasVerifiedAny(user);
}

/**
 * The user to send a recovery link or code: $1 identifier, $2 slug of a tenant they must be a member of, or null.
 * Includes an account that holds the identifier unverified, even while it is being deleted: if the identifier cannot
 * recover it, verification removes the identifier from it.
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
