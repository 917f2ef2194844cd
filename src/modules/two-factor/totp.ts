import { randomBytes, timingSafeEqual } from 'node:crypto';
import speakeasy from 'speakeasy';

const DIGITS = 6;
/** RFC 4226 §4, R6: 160 bits, which are 32 characters of base32 without padding. */
const SEED_BYTES = 20;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A new seed in base32, as people type it and authenticators read it. */
export function newSeed(): string {
  return toBase32(randomBytes(SEED_BYTES));
}

/** RFC 4648 §6, for whole groups of five bytes: nothing is padded. */
export function toBase32(bytes: Buffer): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  return (bits.match(/.{5}/g) ?? []).map((group) => BASE32.charAt(parseInt(group, 2))).join('');
}

/** The step that a moment lies in, of steps of so many seconds (RFC 6238 §4.1: the time step X). */
export function stepAt(at: Date, stepSeconds: number): number {
  return Math.floor(at.getTime() / 1000 / stepSeconds);
}

/**
 * The step that six digits are the code of: the present one or a neighbour (RFC 6238 §5.2), the earliest if several
 * are; null for any other code. All three are compared, in constant time.
 */
export function matchStep(seed: string, code: string, at: Date, stepSeconds: number): number | null {
  const present = stepAt(at, stepSeconds);
  const steps = [present - 1, present, present + 1];
  const matching = steps.filter((step) => isSame(codeAt(seed, step), code));
  return matching[0] ?? null;
}

/** What an authenticator reads from the QR code (Key Uri Format). The account is an e-mail address or a phone number. */
export function otpauthUri(seed: string, issuer: string, account: string, stepSeconds: number): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  const parameters = `secret=${seed}&issuer=${encodeURIComponent(issuer)}`;
  return `otpauth://totp/${label}?${parameters}&algorithm=SHA1&digits=${DIGITS}&period=${stepSeconds}`;
}

function codeAt(seed: string, step: number): string {
  return speakeasy.hotp({ secret: seed, encoding: 'base32', counter: step, digits: DIGITS });
}

function isSame(expected: string, code: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(code)];
  return one.length === other.length && timingSafeEqual(one, other);
}
