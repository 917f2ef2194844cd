import type { Actor } from '../../common/actor.js';
import type { Credential } from '../passwords/credentials.service.js';
import type { User } from '../users/entities/user.entity.js';
import type { NewUser } from '../users/users.service.js';
import type { Invitation } from './invitation.js';

export interface Acceptance {
  token: string;
  /** A new person's choice; for an existing account its own password. Not needed with a session. */
  password?: string;
  firstName?: string;
  lastName?: string;
  /** The address of a new person who was invited by phone; canonical. It is theirs once its link is opened. */
  email?: string;
}

/** How the person behind an accepted invitation comes to have an account. */
export type Acceptor =
  | { kind: 'account'; user: User; by: Actor | Credential }
  | { kind: 'newcomer'; hash: string; person: NewUser };

/** Who accepts it. An account that was taken over for them stays what it is in its tenants. */
export interface Admitted {
  user: User;
  isTakenOver: boolean;
}

/** Only what the link verifies is verified; the invitation's names stand in for those not given. */
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
