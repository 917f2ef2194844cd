import { hostToAscii, hostToUnicode, MAX_HOST, normalize } from './bounded-text.js';

/** RFC 5321 §4.5.3.1.3, without the angle brackets. */
export const MAX_EMAIL = 254;
/** RFC 5321 §4.5.3.1.1, in octets. */
const MAX_LOCAL_PART = 64;
/** Code units before normalisation: allows for surrounding blanks and for characters that NFKC joins. */
const MAX_INPUT = 320;

/** Invisible characters, such as zero-width and bidirectional ones: two different addresses would look the same. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/u;
/** RFC 5321 Atom, with the characters of RFC 6531. Dots join atoms; quoted strings and comments are not accepted. */
const ATOM = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-][\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]*$/u;
/** RFC 2047 §5 (3): software that decodes an encoded word in an address would read another address. */
const ENCODED_WORD = /=\?/;

/** Characters of any script, digits, dots and hyphens. All others have a meaning in URLs or cannot occur in a host. */
const HOST_CHARACTERS = /^[\p{L}\p{M}\p{N}.\u3002-]+$/u;
const LDH_LABELS = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;
/** URL Standard, "ends in a number": such a host is an IPv4 address, in some notation. */
const NUMERIC_END = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/;

/**
 * The canonical form of an e-mail address, in which it is stored, compared and sent to; null if the input is not an
 * accepted address. The form differs from the input only by surrounding blanks, case, NFKC and IDNA. Mail to it reaches
 * exactly this mailbox. Idempotent.
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

/** A domain in the form that `canonicalEmail` gives it after the `@`; null if it is not an accepted domain. */
export function canonicalDomain(input: string): string | null {
  const text = fold(input, MAX_INPUT, MAX_HOST);
  return text === null ? null : canonicalHost(text);
}

/**
 * Trims, normalises (NFKC) and lower-cases the text. Null if it is too long before or after, or has invisible
 * characters.
 */
function fold(input: string, maxInput: number, max: number): string | null {
  if (input.length > maxInput) return null;
  const compatible = normalize(input, 'NFKC');
  if (INVISIBLE.test(compatible)) return null;
  const text = compatible.trim().toLowerCase();
  if (text.length > max) return null;
  // Lower-casing may leave characters that NFKC composes
  const folded = normalize(text, 'NFKC');
  return folded.toLowerCase() === folded ? folded : null;
}

function isLocalPart(text: string): boolean {
  const isDotString = text.split('.').every((atom) => ATOM.test(atom));
  return isDotString && !ENCODED_WORD.test(text) && Buffer.byteLength(text) <= MAX_LOCAL_PART;
}

/** The host with its labels in ASCII; null if IDNA would change more than the encoding, or yield an IP address. */
function canonicalHost(text: string): string | null {
  if (text.length > MAX_HOST || !HOST_CHARACTERS.test(text)) return null;
  const ascii = isPlain(text) ? text : convertedHost(text);
  if (ascii === null || ascii.length > MAX_HOST) return null;
  return LDH_LABELS.test(ascii) && !NUMERIC_END.test(ascii) ? ascii : null;
}

/** True if the host is ASCII and none of its labels encodes something else. */
function isPlain(host: string): boolean {
  return /^[a-z0-9.-]+$/.test(host) && !/(?:^|\.)xn--/.test(host);
}

function convertedHost(text: string): string | null {
  const ascii = hostToAscii(text);
  if (ascii === '' || ascii.length > MAX_HOST) return null;
  const [given, made] = [text.split(/[.\u3002]/), ascii.split('.')];
  const isSame =
    given.length === made.length && given.every((label, at) => !isPlain(label) || label === made[at]);
  // The decoded `xn--` label obeys the same rules and has exactly one encoding
  const readable = hostToUnicode(ascii);
  const isReadable =
    readable.length <= MAX_HOST && HOST_CHARACTERS.test(readable) && !INVISIBLE.test(readable);
  return isSame && isReadable && hostToAscii(readable) === ascii ? ascii : null;
}
