import type { KeyObject } from 'node:crypto';
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { INDEX_PURPOSES, type IndexPurpose, type KeyPurpose, SecretUnreadable } from './key-purposes.js';

export { KEY_PURPOSES, type KeyPurpose, SecretUnreadable } from './key-purposes.js';

/** Version 1, of earlier releases, has no key id: each key is tried. */
const WITHOUT_ID = 1;
const VERSION = 2;
const ID_BYTES = 8;
/** NIST SP 800-38D §5.2.1.1 and §8.2.1: nonce of 96 bits, tag of 128 bits. Node alone would accept a tag of 32 bits. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HASH_BYTES = 32;

interface Root {
  id: Buffer;
  secret: Buffer;
  derived: Map<KeyPurpose, KeyObject>;
}

/**
 * The keys derived from SECRET_KEY by HKDF-SHA-256 (RFC 5869), one for each purpose, and the index keys. All encryption
 * at rest happens here. During a rotation other keys are accepted, too; new values use only the current one.
 */
export class Keyring {
  /** Called for each secret that no key opens. */
  onUnreadable: (error: SecretUnreadable, purpose: KeyPurpose) => void = () => undefined;
  private readonly roots: Root[];
  private indexKeys: Map<IndexPurpose, KeyObject> | null = null;

  constructor(current: string, ...accepted: (string | undefined)[]) {
    const secrets = [current, ...accepted].filter((key) => key !== undefined);
    this.roots = [...new Set(secrets)].map((key) => {
      const secret = Buffer.from(key, 'base64');
      return { id: derive(secret, 'key-id').subarray(0, ID_BYTES), secret, derived: new Map() };
    });
  }

  /** Discloses nothing of the key. */
  get currentId(): string {
    return this.current.id.toString('hex');
  }

  /** Of the current key, then of the others. */
  get ids(): string[] {
    return this.roots.map(({ id }) => id.toString('hex'));
  }

  /** How every value begins that is encrypted under the current key. */
  get currentPrefix(): Buffer {
    return Buffer.concat([Buffer.of(VERSION), this.current.id]);
  }

  /** The 256-bit key of a purpose. */
  key(purpose: KeyPurpose): KeyObject {
    return keyOf(this.current, purpose);
  }

  /** The current key, and the others that are accepted. */
  keys(purpose: KeyPurpose): KeyObject[] {
    return this.roots.map((root) => keyOf(root, purpose));
  }

  /**
   * The index keys of a database that has none yet: those which earlier releases derived from SECRET_KEY, so that what
   * they have hashed is still found.
   */
  deriveIndexKeys(): string {
    const keys = INDEX_PURPOSES.map((purpose) => [purpose, derive(this.current.secret, purpose)] as const);
    return JSON.stringify(
      Object.fromEntries(keys.map(([purpose, key]) => [purpose, key.toString('base64')])),
    );
  }

  /** Call it before any use of the index keys. A purpose that the text lacks gets no key. */
  useIndexKeys(text: string): void {
    const stored = Object.entries(JSON.parse(text) as Record<IndexPurpose, string>);
    const keys = stored.map(([purpose, key]) => [purpose, createSecretKey(key, 'base64')] as const);
    this.indexKeys = new Map(keys as [IndexPurpose, KeyObject][]);
  }

  /**
   * HMAC-SHA-256 under an index key: for identifiers that are only matched, and secrets that are looked up. The same on
   * every server, whichever SECRET_KEY it uses.
   */
  hmac(purpose: IndexPurpose, text: string): Buffer {
    const key = this.indexKeys?.get(purpose);
    if (!key) throw new Error(`The index key ${purpose} was not read from the database`);
    return createHmac('sha256', key).update(text).digest();
  }

  /** The id of the current key, and an HMAC-SHA-256 under it: for codes so short that their key must be rotated. */
  tag(purpose: KeyPurpose, text: string): Buffer {
    return Buffer.concat([this.current.id, hash(this.key(purpose), text)]);
  }

  /** Compares in constant time. Throws SecretUnreadable if the tag was made under a key that is not there. */
  matches(purpose: KeyPurpose, tag: Buffer, text: string): boolean {
    // Earlier releases stored no key id
    const isBare = tag.length === HASH_BYTES;
    const root = isBare ? undefined : this.find(tag.subarray(0, ID_BYTES));
    if (!isBare && !root) throw this.unreadable(purpose, tag.subarray(0, ID_BYTES).toString('hex'));
    const candidates = root ? [root] : this.roots;
    const expected = candidates.map((one) => hash(keyOf(one, purpose), text));
    return expected.some((one) => timingSafeEqual(tag.subarray(-HASH_BYTES), one));
  }

  /** AES-256-GCM: version, key id, nonce, tag, ciphertext. The associated data binds the value to its row. */
  encrypt(purpose: KeyPurpose, plain: string, associated: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key(purpose), nonce, {
      authTagLength: TAG_BYTES,
    }).setAAD(Buffer.from(associated));
    const ciphertext = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return Buffer.concat([this.currentPrefix, nonce, cipher.getAuthTag(), ciphertext]);
  }

  /**
   * Throws SecretUnreadable if the key is not there, and another error if it is there and the value was changed or belongs
   * elsewhere.
   */
  decrypt(purpose: KeyPurpose, encrypted: Buffer, associated: string): string {
    if (encrypted[0] === WITHOUT_ID) return this.decryptByTrial(purpose, encrypted, associated);
    const id = encrypted.subarray(1, 1 + ID_BYTES);
    const root = encrypted[0] === VERSION ? this.find(id) : undefined;
    if (!root) throw this.unreadable(purpose, id.toString('hex'));
    const opened = open(keyOf(root, purpose), encrypted.subarray(1 + ID_BYTES), associated);
    if (opened === null) throw new Error(`No key opens this ${purpose} value: it was changed, or moved here`);
    return opened;
  }

  /** Encrypts a value of another key under the current one; null if the value already uses the current key. */
  reencrypt(purpose: KeyPurpose, encrypted: Buffer, associated: string): Buffer | null {
    if (this.currentPrefix.equals(encrypted.subarray(0, 1 + ID_BYTES))) return null;
    return this.encrypt(purpose, this.decrypt(purpose, encrypted, associated), associated);
  }

  private get current(): Root {
    const [current] = this.roots;
    if (!current) throw new Error('The keyring is empty');
    return current;
  }

  private find(id: Buffer): Root | undefined {
    return this.roots.find((root) => root.id.equals(id));
  }

  private decryptByTrial(purpose: KeyPurpose, encrypted: Buffer, associated: string): string {
    for (const key of this.keys(purpose)) {
      const opened = open(key, encrypted.subarray(1), associated);
      if (opened !== null) return opened;
    }
    throw this.unreadable(purpose, 'unknown');
  }

  private unreadable(purpose: KeyPurpose, keyId: string): SecretUnreadable {
    const error = new SecretUnreadable(purpose, keyId);
    this.onUnreadable(error, purpose);
    return error;
  }
}

/** Nonce, tag and ciphertext. Null if it is not a value of this key and this row. */
function open(key: KeyObject, sealed: Buffer, associated: string): string | null {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return null;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
    .setAAD(Buffer.from(associated))
    .setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    const plain = [decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()];
    return Buffer.concat(plain).toString('utf8');
  } catch {
    return null;
  }
}

function keyOf(root: Root, purpose: KeyPurpose): KeyObject {
  let key = root.derived.get(purpose);
  if (!key) {
    key = createSecretKey(derive(root.secret, purpose));
    root.derived.set(purpose, key);
  }
  return key;
}

const derive = (secret: Buffer, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', `gatehouse/${purpose}`, 32));

const hash = (key: KeyObject, text: string): Buffer => createHmac('sha256', key).update(text).digest();
