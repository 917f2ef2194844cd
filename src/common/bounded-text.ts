import { domainToASCII, domainToUnicode } from 'node:url';
import { parsePhoneNumberFromString, type PhoneNumber } from 'libphonenumber-js';

/*
 * The functions whose time grows with the square of the text; lint allows their use only here. The caller must bound
 * the text first. A longer text is a programming error and throws before any work is done.
 */

/** ICU sorts a run of combining marks in quadratic time. NFKC turns one code unit into up to 18. */
const MAX_NORMALIZED = 4_096;
/** RFC 1035 §2.3.4, without the final dot. Punycode is quadratic in a label (RFC 3492 §6.3). */
export const MAX_HOST = 253;
/** E.164 has 15 digits; the rest is punctuation and blanks. */
export const MAX_PHONE_INPUT = 40;

export function normalize(text: string, form: 'NFC' | 'NFKC' | 'NFKD'): string {
  assertWithin(text, MAX_NORMALIZED);
  return text.normalize(form);
}

/**
 * IDNA (UTS #46); empty if the host is invalid. It is parsed as the host of a URL: the caller must exclude characters
 * with a meaning in URLs. The tables are Node's: Node 24 knows letters of later Unicode versions, and refuses labels of
 * mixed directions (RFC 5893).
 */
export function hostToAscii(host: string): string {
  assertWithin(host, MAX_HOST);
  const ascii = domainToASCII(host);
  // Node 24 keeps a label that it cannot decode; older versions return an empty text
  return /(?:^|\.)xn--/.test(domainToUnicode(ascii)) ? '' : ascii;
}

export function hostToUnicode(host: string): string {
  assertWithin(host, MAX_HOST);
  return domainToUnicode(host);
}

/** A number is parsed once, although several parts of a request read it. */
export function parsePhone(text: string): PhoneNumber | undefined {
  assertWithin(text, MAX_PHONE_INPUT);
  const known = recentNumbers.get(text);
  if (known) return known;
  const number = parsePhoneNumberFromString(text, { extract: false });
  // An extension is part of the text only
  if (number) remember(number, text, ...(number.ext ? [] : [number.number]));
  return number;
}

/** More than are in use at once. The oldest go first. */
const MAX_RECENT_NUMBERS = 1_000;
const recentNumbers = new Map<string, PhoneNumber>();

function remember(number: PhoneNumber, ...texts: string[]): void {
  for (const text of texts) recentNumbers.set(text, number);
  for (const oldest of recentNumbers.keys()) {
    if (recentNumbers.size <= MAX_RECENT_NUMBERS) return;
    recentNumbers.delete(oldest);
  }
}

function assertWithin(text: string, max: number): void {
  if (text.length > max) throw new RangeError(`The text has ${text.length} code units; the limit is ${max}`);
}
