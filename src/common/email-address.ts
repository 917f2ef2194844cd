import { hostToAscii, hostToUnicode, MAX_HOST, normalize } from './bounded-text.js';

/** RFC 5321 §4.5.3.1.3, without the angle brackets. */
export const MAX_EMAIL = 254;
/** RFC 5321 §4.5.3.1.1, in octets. */
const MAX_LOCAL_PART = 64;
/** Code units as they come in: room for blanks around and for characters that NFKC joins. */
const MAX_INPUT = 320;

/** Zero-width, bidirectional and other characters that nobody sees: different texts would look the same. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/u;
/** RFC 5321 Atom, with the letters of RFC 6531. Dots join atoms; there is no quoted string and no comment. */
const ATOM = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-][\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]*$/u;
/** RFC 2047 §5 (3): whoever decodes it in an address reads another address. */
const ENCODED_WORD = /=\?/;

/** Letters, digits and dots of any script, and hyphens. All else would mean something in a URL, or is no host. */
const HOST_CHARACTERS = /^[\p{L}\p{M}\p{N}.\u3002-]+$/u;
const LDH_LABELS = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;
/** URL Standard, "ends in a number": such a host is an IPv4 address, in whatever notation. */
const NUMERIC_END = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/;

/**
 * What an e-mail address is: the address in the one form in which it is stored, compared and sent to, or null. It
 * differs from the input by blanks around it, case, NFKC and IDNA, and by nothing else; what is delivered to it goes
 * to exactly this mailbox. Idempotent.
 */
export function canonicalEmail(input: string): string | null {
  const text = fold(input, MAX_INPUT, MAX_EMAIL);
  if (text === null) return null;
  const at = text.lastIndexOf('@');
  const [localPart, host] = [text.slice(0, at), canonicalHost(text.slice(at + 1))];
  if (at < 1 || host === null || !isLocalPart(localPart)) return null;
  const address = `${localPart}@${host}`;
  return address.length > MAX_EMAIL ? null : address;
}

/** A domain as `canonicalEmail` leaves it behind the `@`; null for what is none there. */
export function canonicalDomain(input: string): string | null {
  const text = fold(input, MAX_INPUT, MAX_HOST);
  return text === null ? null : canonicalHost(text);
}

/** Without blanks around, in NFKC and lower case; null where it is too long, before or after, or invisible in part. */
function fold(input: string, maxInput: number, max: number): string | null {
  if (input.length > maxInput) return null;
  const compatible = normalize(input, 'NFKC');
  if (INVISIBLE.test(compatible)) return null;
  const text = compatible.trim().toLowerCase();
  if (text.length > max) return null;
  // Lower case may need to be composed anew
  const folded = normalize(text, 'NFKC');
  return folded.toLowerCase() === folded ? folded : null;
}

function isLocalPart(text: string): boolean {
  const isDotString = text.split('.').every((atom) => ATOM.test(atom));
  return isDotString && !ENCODED_WORD.test(text) && Buffer.byteLength(text) <= MAX_LOCAL_PART;
}

/** The host with its labels in ASCII; null where IDNA would change it by more than that, or make an IP address of it. */
function canonicalHost(text: string): string | null {
  if (text.length > MAX_HOST || !HOST_CHARACTERS.test(text)) return null;
  const ascii = isPlain(text) ? text : convertedHost(text);
  if (ascii === null || ascii.length > MAX_HOST) return null;
  return LDH_LABELS.test(ascii) && !NUMERIC_END.test(ascii) ? ascii : null;
}

/** ASCII alone, and none of it stands for anything else. */
function isPlain(host: string): boolean {
  return /^[a-z0-9.-]+$/.test(host) && !/(?:^|\.)xn--/.test(host);
}

function convertedHost(text: string): string | null {
  const ascii = hostToAscii(text);
  if (ascii === '' || ascii.length > MAX_HOST) return null;
  const [given, made] = [text.split(/[.\u3002]/), ascii.split('.')];
  const isSame =
    given.length === made.length && given.every((label, at) => !isPlain(label) || label === made[at]);
  // What stands behind `xn--` is held to the same rules, and has one spelling
  const readable = hostToUnicode(ascii);
  const isReadable =
    readable.length <= MAX_HOST && HOST_CHARACTERS.test(readable) && !INVISIBLE.test(readable);
  return isSame && isReadable && hostToAscii(readable) === ascii ? ascii : null;
}
