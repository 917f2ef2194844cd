import { AppError } from './app-error.js';

/**
 * The purpose of a key derived from SECRET_KEY. Each purpose has a key of its own: a value made for one cannot be read
 * or matched under another.
 */
export const KEY_PURPOSES = [
  'idempotency-answer',
  'imported-password',
  'index-keys',
  'message-encryption',
  'operator-seed',
  'otp-hash',
  'refresh-token',
  'signing-key-encryption',
  'totp-seed',
] as const;

export type KeyPurpose = (typeof KEY_PURPOSES)[number];

/**
 * The purposes of the index keys. What is hashed under them is looked up or counted by its hash, on every server and for
 * longer than a SECRET_KEY lasts: these keys are in the database, encrypted, and stay when SECRET_KEY is rotated.
 */
export const INDEX_PURPOSES = [
  'attempt-key',
  'idempotency-fingerprint',
  'otp-identifier',
  'recipient-hash',
  'recovery-code',
  'secret-hash',
] as const;

export type IndexPurpose = (typeof INDEX_PURPOSES)[number];

/**
 * No key of this server opens a stored secret: it was encrypted under another SECRET_KEY. The caller is answered with 503,
 * and no attempt is counted. Operators are alerted by the log and by a metric.
 */
export class SecretUnreadable extends AppError {
  constructor(purpose: KeyPurpose, keyId: string) {
    super('service_unavailable', { retryAfterSeconds: 60 });
    this.message =
      `No key opens this ${purpose} value: it was made under the SECRET_KEY with the id ${keyId}. Give that key ` +
      'to the servers as SECRET_KEY_PREVIOUS (docs/secret-key.md)';
  }
}
