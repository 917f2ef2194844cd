import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { toBase62 } from './base62.js';

const PREFIX = 'sk_live_';
const RANDOM_BYTES = 32;
const RANDOM_DIGITS = 43;
const CHECKSUM_DIGITS = 6;
const FORM = new RegExp(`^${PREFIX}([0-9A-Za-z]{${RANDOM_DIGITS}})([0-9A-Za-z]{${CHECKSUM_DIGITS}})$`);
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
 * Whether a bearer credential is meant as a key, whole or not: it begins as one does, or would go on to, but for one
 * character and for letter case. No token of another kind does.
 */
export function resemblesKey(credential: string): boolean {
  const start = credential.slice(0, PREFIX.length).toLowerCase();
  const differing = [...start].filter((character, index) => character !== PREFIX[index]).length;
  return start !== '' && (start.length < PREFIX.length ? differing === 0 : differing <= 1);
}

/** SHA-256 suffices: there is nothing to guess about 256 random bits. */
export function hashKeyText(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function checksum(random: string): string {
  return toBase62(BigInt(crc32(random)), CHECKSUM_DIGITS);
}
