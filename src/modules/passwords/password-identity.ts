import { normalize } from '../../common/bounded-text.js';

/** The owner of the password: data an attacker who knows the user would try first. */
export interface PasswordOwner {
  email?: string | null;
  phone?: string | null;
  names?: (string | null | undefined)[];
  /** Their tenants: one name, or the names and slugs of several. */
  company?: string | string[] | null;
  slug?: string | null;
}

const PRODUCT = 'gatehouse';
const MAX_PADDING = 8;
const MAX_CLUE_LENGTH = 40;

/**
 * Whether the whole password is one of the owner's identifiers or the product's name, ignoring case, separators and
 * accents, with at most a few digits and punctuation characters added: `AcmeDental1` at Acme Dental.
 */
export function isMadeOfIdentity(password: string, owner: PasswordOwner): boolean {
  const letters = squash(password);
  return identifiers(owner)
    .map(squash)
    .some((identifier) => {
      const at = identifier === '' ? -1 : letters.indexOf(identifier);
      if (at < 0 || length(password) - length(identifier) > MAX_PADDING) return false;
      return /^\p{N}*$/u.test(letters.slice(0, at) + letters.slice(at + identifier.length));
    });
}

/**
 * The identifiers and the words in them, for a strength estimate. Short words are left out, because they occur in too
 * many passwords.
 */
export function identityClues(owner: PasswordOwner): string[] {
  const known = identifiers(owner).map((identifier) => identifier.toLowerCase());
  const words = known.flatMap((identifier) => identifier.split(/[^\p{L}\p{N}]+/u));
  const clues = [...known, ...known.map(squash), ...words];
  return [...new Set(clues)].filter((clue) => clue.length >= 4 && clue.length <= MAX_CLUE_LENGTH);
}

function identifiers({ email, phone, names = [], company, slug }: PasswordOwner): string[] {
  const localPart = email?.slice(0, email.lastIndexOf('@'));
  const digits = phone?.replace(/\D/g, '') ?? '';
  // ITU-T E.164: a country code has one to three digits. The digits after it occur in every way to dial the number.
  const dialled = digits.length > 7 ? digits.slice(3) : null;
  const fullNames = [names.join(' '), [...names].reverse().join(' ')];
  const mailbox = [email, localPart, localPart?.split('+')[0]];
  const all = [PRODUCT, ...[company].flat(), slug, ...mailbox, ...fullNames, ...names, dialled];
  return all.filter((identifier): identifier is string => !!identifier);
}

function squash(text: string): string {
  return normalize(text, 'NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

function length(text: string): number {
  return [...text].length;
}
