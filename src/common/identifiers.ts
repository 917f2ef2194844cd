import { MAX_PHONE_INPUT, normalize, parsePhone } from './bounded-text.js';

/** What a person is known by, in canonical form: `canonicalEmail` or `canonicalPhone`. */
export interface Identifier {
  kind: 'email' | 'phone';
  value: string;
}

/** ITU-T E.123 §7.1: what callers dial where a `+` stands for the international prefix. */
const DIALLED_PREFIX = /^00/;

/**
 * The one canonical form of a phone number: E.164. Takes digits of any script, the usual punctuation, and `00` in
 * place of the `+`. Returns null for what cannot be a number, has an extension, or does not name its country.
 * Whether the number is in service is not judged: numbering plans change faster than any table. Idempotent.
 */
export function canonicalPhone(input: string): string | null {
  if (input.length > MAX_PHONE_INPUT) return null;
  const text = normalize(input, 'NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/\p{Nd}/gu, asciiDigit)
    .trim()
    .replace(DIALLED_PREFIX, '+');
  // Some characters become many
  if (text.length > MAX_PHONE_INPUT || !/^\+[0-9 ().\-/]+$/.test(text)) return null;
  const number = parsePhone(text);
  return number?.isPossible() && !number.ext ? number.number : null;
}

/** The digits of a script stand in a row, from zero to nine (The Unicode Standard §4.6). */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String((code - zero) % 10);
}

/** The identifier of somebody who gave one of the two. */
export function identifierOf({ email, phone }: { email?: string; phone?: string }): Identifier {
  if (phone) return { kind: 'phone', value: phone };
  if (email) return { kind: 'email', value: email };
  throw new Error('Neither an e-mail address nor a phone number was given');
}

/** The identifiers a person is known by. */
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

/** One word is a first name; otherwise the last word is the last name. */
export function splitName(name: string): { firstName: string; lastName: string } {
  const words = name.trim().split(/\s+/);
  const lastName = words.length > 1 ? (words.pop() ?? '') : '';
  return { firstName: words.join(' '), lastName };
}

/** First and last name of somebody who gave them apart, or both in one. */
export function namesOf(given: { firstName?: string; lastName?: string; name?: string }): {
  firstName: string;
  lastName: string;
} {
  const { firstName, lastName = '', name = '' } = given;
  return firstName === undefined ? splitName(name) : { firstName, lastName };
}

/** A slug for a name: ASCII letters, digits and single hyphens, at most 60 characters; never empty. */
export function slugify(name: string): string {
  const slug = normalize(name, 'NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  return slug === ''
    ? `org-${Buffer.from(normalize(name, 'NFKC').toLowerCase()).toString('hex').slice(0, 32)}`
    : slug;
}
