import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { toBase62 } from './base62.js';

const PREFIX = 'sk_live_';
const RANDOM_BYTES = 32;
const RANDOM_DIGITS = 43;
const CHECKSUM_DIGITS = 6;
const FORM = new RegExp(`^${PREFIX}([0-9A-Za-z]{${RANDOM_DIGITS}})([0-9A-Za-z]{${CHECKSUM_DIGITS}})$`);
const CUT_WITHIN_PREFIX = /^(?:k_live|_live|live|ive|ve|e)?_[0-9a-z]*$/i;
/** A JSON object in base64url begins with `eyJ`: that is a part of a token. */
const CUT_BEHIND_PREFIX = /^(?!eyJ)(?=.*[0-9A-Z])[0-9A-Za-z]{1,50}$/;
/** So much of the random part is shown with a key, at its beginning and at its end. */
const SHOWN_AT_START = 3;
const SHOWN_AT_END = 4;

/** A key as its owner gets it, once; of it are kept the hash and what tells it from others in a list. */
export interface KeyText {
  text: string;
  hash: Buffer;
  prefix: string;
  lastFour: string;
}

/** 256 random bits in base 62 and the CRC-32 of these digits, behind a prefix that secret scanners look for. */
export function newKeyText(): KeyText {
  const random = toBase62(BigInt(`0x${randomBytes(RANDOM_BYTES).toString('hex')}`), RANDOM_DIGITS);
  const text = `${PREFIX}${random}${checksum(random)}`;
  return {
    text,
    hash: hashKeyText(text),
    prefix: text.slice(0, PREFIX.length + SHOWN_AT_START),
    lastFour: text.slice(-SHOWN_AT_END),
  };
}

/** Whether this could be one of our keys, told from the text alone: no typo and no fragment passes. */
export function isKeyText(text: string): boolean {
  const [, random = '', check] = FORM.exec(text) ?? [];
  return check !== undefined && checksum(random) === check;
}

/**
 * Whether a bearer credential is meant as a key, whole or damaged: it begins as one does or would go on to, but for one
 * character that is wrong, missing or too many and for letter case; or it is what a cut at the beginning leaves. A
 * token of another kind has dots or an underscore, and a bare lower-case word is none of either.
 */
export function resemblesKey(credential: string): boolean {
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

/** SHA-256 suffices: there is nothing to guess about 256 random bits. */
export function hashKeyText(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function checksum(random: string): string {
  return toBase62(BigInt(crc32(random)), CHECKSUM_DIGITS);
}
