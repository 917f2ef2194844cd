import { parsePhoneNumberFromString, type PhoneNumber } from 'libphonenumber-js';
import { domainToASCII, domainToUnicode } from 'node:url';

/*
 * The functions whose time grows with the square of the text, and nothing else calls (lint). Whoever calls them bounds
 * the text first; one that is longer is a fault of the program, and costs nothing.
 */

/** ICU sorts a run of combining marks in quadratic time. NFKC makes up to 18 code units of one. */
const MAX_NORMALIZED = 4_096;
/** RFC 1035 §2.3.4, without the dot at the end. Punycode is quadratic in a label (RFC 3492 §6.3). */
export const MAX_HOST = 253;
/** E.164 has 15 digits; the rest is punctuation and blanks. */
export const MAX_PHONE_INPUT = 40;

export function normalize(text: string, form: 'NFC' | 'NFKC' | 'NFKD'): string {
  assertWithin(text, MAX_NORMALIZED);
  return text.normalize(form);
}

/** IDNA (UTS #46). Reads its input as the host of a URL: whatever a URL gives a meaning must not be in it. */
export function hostToAscii(host: string): string {
  assertWithin(host, MAX_HOST);
  return domainToASCII(host);
}

export function hostToUnicode(host: string): string {
  assertWithin(host, MAX_HOST);
  return domainToUnicode(host);
}

export function parsePhone(text: string): PhoneNumber | undefined {
  assertWithin(text, MAX_PHONE_INPUT);
  return parsePhoneNumberFromString(text, { extract: false });
}

function assertWithin(text: string, max: number): void {
  if (text.length > max)
    throw new RangeError(`A text of ${text.length} code units, where ${max} are the most`);
}
