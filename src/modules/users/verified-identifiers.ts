import type { Identifier } from '../../common/identifiers.js';
import type { UserEntity } from './entities/user.entity.js';

type Kind = Identifier['kind'];

/** Whether the user has verified their identifier of this kind. */
export function hasVerified(user: UserEntity, kind: Kind): boolean {
  return user[kind] !== null && (kind === 'email' ? user.emailVerifiedAt : user.phoneVerifiedAt) !== null;
}

/**
 * Whether the user has verified any identifier. Otherwise their identity is only claimed, and actions that affect
 * others are denied (`identifier_unverified`).
 */
export function hasVerifiedAny(user: UserEntity): boolean {
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
export function isRecoverableBy(user: UserEntity, kind: Kind): boolean {
  return hasVerified(user, kind) || !hasVerifiedAny(user);
}
