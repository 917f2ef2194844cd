import type { Actor } from '../../common/actor.js';
import type { Invitation } from '../invitations/invitation.js';
import type { Credential } from '../passwords/credentials.service.js';
import type { UserEntity } from '../users/entities/user.entity.js';
import type { NewUser } from '../users/users.repository.js';

export interface Acceptance {
  token: string;
  /** The password to set for a new account, or the current one of an existing account. Not needed with a session. */
  password?: string;
  firstName?: string;
  lastName?: string;
  /** In canonical form; for a new person who was invited by phone. Pending until its verification link is opened. */
  email?: string;
}

/** Who accepts: an existing account, authenticated by session or password, or a person who gets an account. */
export type Acceptor =
  | { kind: 'account'; user: UserEntity; by: Actor | Credential }
  | { kind: 'newcomer'; hash: string; person: NewUser };

/** The account that has accepted. `isTakenOver`: it existed, unverified, and keeps its memberships as they are. */
export interface Admitted {
  user: UserEntity;
  isTakenOver: boolean;
}

/**
 * The account to create. Only the identifier that the link was sent to is verified. Names that are not given are taken
 * from the invitation.
 */
export function newcomer(
  { recipient, ...invited }: Invitation,
  { firstName, lastName, email }: Acceptance,
): NewUser {
  const names = {
    firstName: firstName ?? invited.firstName ?? recipient.value.split('@')[0] ?? '',
    lastName: lastName ?? invited.lastName ?? '',
  };
  return recipient.kind === 'email'
    ? { ...names, email: recipient.value, emailVerified: true }
    : { ...names, phone: recipient.value, phoneVerified: true, pendingEmail: email };
}
