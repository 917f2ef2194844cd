import type { Actor } from '../../common/actor.js';
import { type Identifier, identifiersOf } from '../../common/identifiers.js';
import type { Guess } from '../attempts/attempts.service.js';

/** The part of an account that the attempt counters need. */
interface Account {
  id: string;
  email: string | null;
  phone: string | null;
}

/**
 * An attempt to sign in by identifier and password. It is counted for the typed identifier only, whichever account
 * holds it: a count per account would disclose which identifiers belong to one user. A right password clears the counts
 * of all identifiers of the account.
 */
export function signInGuess(
  { kind, value }: Identifier,
  account: Account | null,
  rest: Pick<Guess, 'address' | 'about'>,
): Guess {
  return {
    ...rest,
    subject: `password:${kind}:${value}`,
    ...(account && { alsoCleared: signInSubjects(account) }),
  };
}

/**
 * A password entered in a session of the account. It has a separate count, so that failed sign-ins by others do not
 * prevent the user from changing the password. A wrong one also counts as a failed sign-in for each of the account's
 * identifiers.
 */
export function currentPasswordGuess({ userId, session, origin }: Actor): Guess {
  const signIns = signInSubjects(session.user);
  return {
    subject: currentPasswordSubject(userId),
    alsoCountedFor: signIns,
    alsoCleared: signIns,
    address: origin.address,
    about: { userId },
  };
}

/** All subjects that attempts at the account's password are counted for. */
export function passwordSubjectsOf(account: Account): string[] {
  return [currentPasswordSubject(account.id), ...signInSubjects(account)];
}

function signInSubjects(account: Account): string[] {
  return identifiersOf(account).map(({ kind, value }) => `password:${kind}:${value}`);
}

const currentPasswordSubject = (userId: string): string => `current-password:${userId}`;
