import { createHash } from 'node:crypto';
import { MAX_PHONE_INPUT, normalize, parsePhone } from './bounded-text.js';
import { canonicalEmail } from './email-address.js';

/** An e-mail address or phone number of a person, in canonical form (`canonicalEmail`, `canonicalPhone`). */
export interface Identifier {
  kind: 'email' | 'phone';
  value: string;
}

/** ITU-T E.123 §7.1: callers dial this where a `+` stands for the international prefix. */
const DIALLED_PREFIX = /^00/;

/** As address books write it, `(+91)` or `(0091)`. */
const BRACKETED_COUNTRY = /^\( ?((?:\+|00) ?[1-9][0-9]{0,2}) ?\)/;

/** Phones write numbers with hyphens that do not break, and texts with others. */
const DASHES = /[\p{Pd}\u2212]/gu;

/**
 * The canonical form of a phone number: E.164. Accepts digits of any script, the usual punctuation, and `00` for the
 * `+`. Null if the text cannot be a number, has an extension, or lacks its country code. It does not verify that the
 * number is in service: numbering plans change faster than any table. Idempotent.
 */
export function canonicalPhone(input: string): string | null {
  if (input.length > MAX_PHONE_INPUT) return null;
  const text = normalize(input, 'NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/\p{Nd}/gu, asciiDigit)
    .replace(DASHES, '-')
    .trim()
    .replace(BRACKETED_COUNTRY, '$1 ')
    .replace(DIALLED_PREFIX, '+');
  // NFKC turns some characters into many
  if (text.length > MAX_PHONE_INPUT || !/^\+[0-9 ().\-/]+$/.test(text)) return null;
  const number = parsePhone(text);
  return number?.isPossible() && !number.ext ? number.number : null;
}

/** The digits of each script are consecutive, from zero to nine (The Unicode Standard §4.6). */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String((code - zero) % 10);
}

/** The identifier in canonical form, of the kind that the text is; null if it is neither. No text is both. */
export function parseIdentifier(text: string): Identifier | null {
  const email = canonicalEmail(text);
  if (email !== null) return { kind: 'email', value: email };
  const phone = canonicalPhone(text);
  return phone === null ? null : { kind: 'phone', value: phone };
}

/** The identifier of a person who gave exactly one of the two. */
export function identifierOf({ email, phone }: { email?: string; phone?: string }): Identifier {
  if (phone) return { kind: 'phone', value: phone };
  if (email) return { kind: 'email', value: email };
  throw new Error('Neither an e-mail address nor a phone number was given');
}

/** The identifiers that a person has. */
export function identifiersOf(person: { email: string | null; phone: string | null }): Identifier[] {
  const all = [
    { kind: 'email' as const, value: person.email },
    { kind: 'phone' as const, value: person.phone },
  ];
  return all.filter((one): one is Identifier => one.value !== null);
}

/** The display name of a person. */
export function fullName(person: { firstName: string; lastName: string }): string {
  return `${person.firstName} ${person.lastName}`.trim();
}

/** Most characters of a first name, and of a last name. */
export const MAX_NAME = 80;
/** Most characters of a display name. */
export const MAX_FULL_NAME = MAX_NAME + ' '.length + MAX_NAME;

/**
 * A single word is the first name; otherwise the last word is the last name, or as many of the last words as make the
 * first name short enough. The result of a name that `isDividable` refuses is too long.
 */
export function splitName(name: string): { firstName: string; lastName: string } {
  const words = name.trim().split(/\s+/);
  let first = Math.max(words.length - 1, 1);
  while (first > 1 && isTooLong(words.slice(0, first).join(' '))) first -= 1;
  return { firstName: words.slice(0, first).join(' '), lastName: words.slice(first).join(' ') };
}

/** Whether the name can be stored as a first and a last name that every contract takes back. */
export function isDividable(name: string): boolean {
  return !Object.values(splitName(name)).some(isTooLong);
}

const isTooLong = (text: string): boolean => [...text].length > MAX_NAME;

/** First and last name of a person who gave them separately, or both in one text. */
export function namesOf(given: { firstName?: string; lastName?: string; name?: string }): {
  firstName: string;
  lastName: string;
} {
  const { firstName, lastName = '', name = '' } = given;
  return firstName === undefined ? splitName(name) : { firstName, lastName };
}

/** The form in which names of companies are compared: case, width, spacing and invisible characters do not count. */
export function companyNameKey(name: string): string {
  return normalize(name, 'NFKC')
    .replace(/\p{Cf}/gu, '')
    .toLowerCase()
    .replace(/\s+/gu, ' ')
    .trim();
}

/**
 * A slug for a name: ASCII characters a to z, digits and single hyphens, at most 60; never empty. Different names can have
 * the same slug. A name without any such character gets a hash of the whole name.
 */
export function slugify(name: string): string {
  const slug = normalize(name, 'NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  if (slug !== '') return slug;
  return `org-${createHash('sha256').update(companyNameKey(name)).digest('hex').slice(0, 16)}`;
}
