import { domainToASCII } from 'node:url';

/** Control, zero-width, soft-hyphen and bidirectional characters: they make different texts look the same. */
const INVISIBLE = /[\p{Cc}\p{Cf}\u2028\u2029]/u;

/**
 * The one canonical form of an e-mail address, in which it is stored and compared: NFKC, trimmed, lower-case,
 * domain in punycode without a trailing dot. Returns null for what cannot be an address. Idempotent.
 */
export function canonicalEmail(input: string): string | null {
  const text = input.normalize('NFKC').trim().toLowerCase();
  const at = text.lastIndexOf('@');
  if (at < 1 || INVISIBLE.test(text) || /\s/.test(text)) return null;
  const domain = domainToASCII(text.slice(at + 1).replace(/\.$/, ''));
  return domain === '' ? null : `${text.slice(0, at)}@${domain}`;
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

/** A slug for a name: ASCII letters, digits and single hyphens, at most 60 characters; never empty. */
export function slugify(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  return slug === ''
    ? `org-${Buffer.from(name.normalize('NFKC').toLowerCase()).toString('hex').slice(0, 32)}`
    : slug;
}
