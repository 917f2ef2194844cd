import type { Actor } from '../../common/actor.js';
import { type Identifier, identifiersOf } from '../../common/identifiers.js';
import type { Guess } from '../attempts/attempts.service.js';

/** An account, as far as the counts of its password need it. */
interface Account {
  id: string;
  email: string | null;
  phone: string | null;
}

/**
 * A password beside an identifier that somebody typed. It is counted for that identifier alone, whoever has it: a count
 * for the account would tell which identifiers belong to one person. The right one clears all of the account's.
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
 * A password in the account's own session. It has a count of its own, so that a stranger's guesses at the sign-in keep
 * nobody from changing the password; a wrong one is a failed sign-in by each of the account's identifiers, too.
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

/** Everything that guesses at the account's password are counted for. */
export function passwordSubjectsOf(account: Account): string[] {
  return [currentPasswordSubject(account.id), ...signInSubjects(account)];
}

function signInSubjects(account: Account): string[] {
  return identifiersOf(account).map(({ kind, value }) => `password:${kind}:${value}`);
}

const currentPasswordSubject = (userId: string): string => `current-password:${userId}`;
