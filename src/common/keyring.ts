import type { KeyObject } from 'node:crypto';
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
} from 'node:crypto';

/**
 * The purpose of a derived key. Each purpose has a key of its own: a value made for one cannot be read or matched under
 * another.
 */
export type KeyPurpose =
  | 'secret-hash'
  | 'otp-hash'
  | 'otp-identifier'
  | 'attempt-key'
  | 'refresh-token'
  | 'signing-key-encryption'
  | 'message-encryption'
  | 'recipient-hash'
  | 'totp-seed'
  | 'recovery-code'
  | 'idempotency-fingerprint'
  | 'idempotency-answer';

const VERSION = 1;
/** NIST SP 800-38D §5.2.1.1 and §8.2.1: nonce of 96 bits, tag of 128 bits. Node alone would accept a tag of 32 bits. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES;

/**
 * The keys derived from SECRET_KEY by HKDF-SHA-256 (RFC 5869), one for each purpose. All encryption at rest happens
 * here. During a rotation the previous key still decrypts; new values use only the current one.
 */
export class Keyring {
  private readonly derived = new Map<string, KeyObject>();
  private readonly roots: Buffer[];

  constructor(current: string, previous?: string) {
    this.roots = [current, previous]
      .filter((key) => key !== undefined)
      .map((key) => Buffer.from(key, 'base64'));
  }

  /** The 256-bit key of a purpose. */
  key(purpose: KeyPurpose): KeyObject {
    return this.derive(purpose, 0);
  }

  /** The current key and, during a rotation, the previous one. */
  keys(purpose: KeyPurpose): KeyObject[] {
    return this.roots.map((_, index) => this.derive(purpose, index));
  }

  /**
   * HMAC-SHA-256 under the purpose's key: for secrets that are only compared, and identifiers that are only matched.
   */
  hmac(purpose: KeyPurpose, text: string): Buffer {
    return createHmac('sha256', this.key(purpose)).update(text).digest();
  }

  /** HMACs under the current and, during a rotation, the previous key; the current one first. */
  hmacs(purpose: KeyPurpose, text: string): Buffer[] {
    return this.keys(purpose).map((key) => createHmac('sha256', key).update(text).digest());
  }

  /** AES-256-GCM: version, nonce, tag, ciphertext. The associated data binds the value to its row. */
  encrypt(purpose: KeyPurpose, plain: string, associated: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key(purpose), nonce, {
      authTagLength: TAG_BYTES,
    }).setAAD(Buffer.from(associated));
    const ciphertext = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), ciphertext]);
  }

  /** Throws if neither the current nor the previous key decrypts the value. */
  decrypt(purpose: KeyPurpose, encrypted: Buffer, associated: string): string {
    for (const key of this.keys(purpose)) {
      try {
        return this.open(key, encrypted, associated);
      } catch {
        continue;
      }
    }
    throw new Error(
      `No key opens this ${purpose} value: was SECRET_KEY changed without SECRET_KEY_PREVIOUS?`,
    );
  }

  /** Encrypts a value of the previous key under the current one; null if the value already uses the current key. */
  reencrypt(purpose: KeyPurpose, encrypted: Buffer, associated: string): Buffer | null {
    try {
      this.open(this.key(purpose), encrypted, associated);
      return null;
    } catch {
      return this.encrypt(purpose, this.decrypt(purpose, encrypted, associated), associated);
    }
  }

  private open(key: KeyObject, encrypted: Buffer, associated: string): string {
    if (encrypted.length < HEAD_BYTES || encrypted[0] !== VERSION)
      throw new Error('Not a value of this keyring');
    const nonce = encrypted.subarray(1, 1 + NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(associated))
      .setAuthTag(encrypted.subarray(1 + NONCE_BYTES, HEAD_BYTES));
    return Buffer.concat([decipher.update(encrypted.subarray(HEAD_BYTES)), decipher.final()]).toString(
      'utf8',
    );
  }

  private derive(purpose: KeyPurpose, index: number): KeyObject {
    const name = `${purpose}/${index}`;
    let key = this.derived.get(name);
    if (!key) {
      const root = this.roots[index];
      if (!root) throw new Error('The keyring has no such root key');
      key = createSecretKey(Buffer.from(hkdfSync('sha256', root, '', `gatehouse/${purpose}`, 32)));
      this.derived.set(name, key);
    }
    return key;
  }
}
