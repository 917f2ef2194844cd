import { randomBytes, timingSafeEqual } from 'node:crypto';
import speakeasy from 'speakeasy';

const DIGITS = 6;
/** RFC 4226 §4, R6: 160 bits, which are 32 characters of base32 without padding. */
const SEED_BYTES = 20;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A new random seed in base32. */
export function newSeed(): string {
  return toBase32(randomBytes(SEED_BYTES));
}

/** RFC 4648 §6, without padding. `bytes` must be a multiple of five long. */
export function toBase32(bytes: Buffer): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  return (bits.match(/.{5}/g) ?? []).map((group) => BASE32.charAt(parseInt(group, 2))).join('');
}

/** RFC 6238 §4.2: the time step T of a moment. */
export function stepAt(at: Date, stepSeconds: number): number {
  return Math.floor(at.getTime() / 1000 / stepSeconds);
}

/**
 * Returns the time step whose code matches: the present one or a neighbour (RFC 6238 §5.2), the earliest if several
 * match; null if none does. All three are compared, each in constant time.
 */
export function matchStep(seed: string, code: string, at: Date, stepSeconds: number): number | null {
  const present = stepAt(at, stepSeconds);
  const steps = [present - 1, present, present + 1];
  const matching = steps.filter((step) => isSame(codeAt(seed, step), code));
  return matching[0] ?? null;
}

/** The Key Uri Format for authenticator apps. `account` is an e-mail address, a phone number or a user id. */
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
