import { normalize } from '../../../common/bounded-text.js';
import { ARGON2_TEXT, BCRYPT_TEXT, SSHA_TEXT } from './crypt-texts.js';
import { FIREBASE, PBKDF2, SCRYPT } from './derived-keys.js';
import type { ForeignHash, HashOf, Scheme, SchemeName } from './scheme.js';

export type { ForeignHash } from './scheme.js';

const SCHEMES: { [Name in SchemeName]: Scheme<HashOf<Name>> } = {
  argon2: ARGON2_TEXT,
  bcrypt: BCRYPT_TEXT,
  'firebase-scrypt': FIREBASE,
  pbkdf2: PBKDF2,
  scrypt: SCRYPT,
  ssha: SSHA_TEXT,
};

const schemeOf = (hash: ForeignHash): Scheme<ForeignHash> => SCHEMES[hash.scheme];

/** Why the hash cannot be compared, or would take too much work; null for an accepted one. */
export function findHashProblem(hash: ForeignHash): string | null {
  return schemeOf(hash).findProblem(hash);
}

/** The scheme and its costs, which determine the time of a comparison. Hashes with one profile take the same work. */
export function profileOf(hash: ForeignHash): string {
  return JSON.stringify([hash.scheme, ...schemeOf(hash).costsOf(hash)]);
}

/** A hash with this profile that no password has. */
export function decoyOf(profile: string): ForeignHash {
  const [name, ...costs] = JSON.parse(profile) as [SchemeName, ...string[]];
  return (SCHEMES[name] as Scheme<ForeignHash>).decoy(costs);
}

/**
 * Whether the hash is the password's. The other system may have hashed the text as typed, or in NFC or NFKC: the forms
 * that differ are all compared, whichever matches.
 */
export async function matchesForeign(hash: ForeignHash, password: string): Promise<boolean> {
  const forms = new Set([password, normalize(password, 'NFC'), normalize(password, 'NFKC')]);
  let matches = false;
  for (const form of forms) matches = (await schemeOf(hash).matches(hash, Buffer.from(form))) || matches;
  return matches;
}
