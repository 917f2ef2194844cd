import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { toBase62 } from './base62.js';

const PREFIX = 'sk_live_';
const RANDOM_BYTES = 32;
const RANDOM_DIGITS = 43;
const CHECKSUM_DIGITS = 6;
const FORM = new RegExp(`^${PREFIX}([0-9A-Za-z]{${RANDOM_DIGITS}})([0-9A-Za-z]{${CHECKSUM_DIGITS}})$`);
const CUT_WITHIN_PREFIX = /^(?:k_live|_live|live|ive|ve|e)?_[0-9a-z]*$/i;
/** It begins a JSON object in base64url, and so a part of a JWT, not of a key. */
const JWT = 'eyJ';
const CUT_BEHIND_PREFIX = /^(?!eyJ)(?=.*[0-9A-Z])[0-9A-Za-z]{1,50}$/;
/** How many characters of the random part and of the checksum a list discloses. */
const SHOWN_AT_START = 3;
const SHOWN_AT_END = 4;

/** A new key. `text` is for its owner only; the other members are stored. */
export interface KeyText {
  text: string;
  hash: Buffer;
  prefix: string;
  lastFour: string;
}

/** A prefix that secret scanners recognise, 256 random bits in base 62, and the CRC-32 of these digits. */
export function newKeyText(prefix = PREFIX): KeyText {
  const random = toBase62(BigInt(`0x${randomBytes(RANDOM_BYTES).toString('hex')}`), RANDOM_DIGITS);
  return keyTextOf(`${prefix}${random}${checksum(random)}`, prefix);
}

/** What is stored of a text. */
export function keyTextOf(text: string, prefix = PREFIX): KeyText {
  return {
    text,
    hash: hashKeyText(text),
    prefix: text.slice(0, prefix.length + SHOWN_AT_START),
    lastFour: text.slice(-SHOWN_AT_END),
  };
}

/** Whether the text has the form and the checksum of a key. Typos and fragments fail without a query. */
export function isKeyText(text: string): boolean {
  const [, random = '', check] = FORM.exec(text) ?? [];
  return check !== undefined && checksum(random) === check;
}

/**
 * Whether a bearer credential was probably meant as a key, complete or damaged. True if it begins like a key, in any
 * case and with at most one character of the prefix wrong, missing or extra; or if it is the rest of a key whose
 * beginning was cut off. Other tokens do not match: they contain dots or an underscore. Nor do lower-case words.
 */
export function resemblesKey(credential: string): boolean {
  // Nearly every credential is a JWT: as below, at the price of a look at three characters
  if (credential.startsWith(JWT)) return false;
  const isTail = CUT_WITHIN_PREFIX.test(credential) || CUT_BEHIND_PREFIX.test(credential);
  return isTail || beginsLikeKey(credential.toLowerCase());
}

function beginsLikeKey(text: string): boolean {
  if (text !== '' && PREFIX.startsWith(text)) return true;
  const equal = [...PREFIX].findIndex((character, index) => character !== text[index]);
  if (equal === -1) return true;
  const [rest, expected] = [text.slice(equal), PREFIX.slice(equal)];
  const [isMissing, isWrong, isExtra] = [
    rest.startsWith(expected.slice(1)),
    rest.slice(1).startsWith(expected.slice(1)),
    rest.slice(1).startsWith(expected),
  ];
  return isMissing || isWrong || isExtra;
}

/** A fast hash suffices: 256 random bits cannot be guessed. */
export function hashKeyText(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function checksum(random: string): string {
  return toBase62(BigInt(crc32(random)), CHECKSUM_DIGITS);
}
