import { Injectable } from '@nestjs/common';
import { type KeyPurpose, Keyring, SecretUnreadable } from '../../common/keyring.js';
import { EncryptedAnswersRepository } from '../idempotency/encrypted-answers.repository.js';
import { EncryptedMessagesRepository } from '../messaging/encrypted-messages.repository.js';
import { EncryptedOperatorSeedsRepository } from '../operator-accounts/encrypted-operator-seeds.repository.js';
import { ImportedPasswordsRepository } from '../passwords/imported-passwords.repository.js';
import { SigningKeyStore } from '../sessions/signing-key-store.js';
import { EncryptedSeedsRepository } from '../two-factor/encrypted-seeds.repository.js';

const PAGE_SIZE = 500;

/** A stored value and its row, which is its associated data. */
export interface EncryptedRow {
  id: string;
  /** Null where there is nothing to encrypt. */
  encrypted: Buffer | null;
}

export interface ReencryptedRow {
  id: string;
  encrypted: Buffer;
  renewed: Buffer;
}

/** A table of encrypted values. */
interface EncryptedRows {
  /** In the order of their ids, after this one. */
  page(after: string, limit: number): Promise<EncryptedRow[]>;
  /** Leaves a value that has changed since it was read. */
  replace(rows: ReencryptedRow[]): Promise<void>;
  /** Counts values that do not begin with this prefix, up to a bound. */
  countOthers(prefix: Buffer): Promise<number>;
}

export interface Progress {
  purpose: KeyPurpose;
  read: number;
  reencrypted: number;
  /** No key opens them. */
  unreadable: number;
}

/** Values under another key than the current one, by purpose. */
export type Remaining = Map<KeyPurpose, number>;

const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** Encrypts what is stored under the current SECRET_KEY, and counts what is not. */
@Injectable()
export class RekeyingService {
  private readonly tables: [KeyPurpose, EncryptedRows][];

  constructor(
    private readonly keyring: Keyring,
    private readonly signingKeys: SigningKeyStore,
    seeds: EncryptedSeedsRepository,
    messages: EncryptedMessagesRepository,
    answers: EncryptedAnswersRepository,
    operatorSeeds: EncryptedOperatorSeedsRepository,
    passwords: ImportedPasswordsRepository,
  ) {
    this.tables = [
      ['totp-seed', seeds],
      ['message-encryption', messages],
      ['idempotency-answer', answers],
      ['operator-seed', operatorSeeds],
      ['imported-password', passwords],
    ];
  }

  /**
   * Yields after each page. Every page commits by itself, so that the work can be stopped, repeated and done by several at
   * once while servers run.
   */
  async *rekey(): AsyncGenerator<Progress> {
    yield this.rekeySigningKeys();
    for (const [purpose, rows] of this.tables) {
      const progress = { purpose, read: 0, reencrypted: 0, unreadable: 0 };
      for (let after: string | undefined = FIRST_ID; after !== undefined;) {
        const page: EncryptedRow[] = await rows.page(after, PAGE_SIZE);
        const renewed = page.flatMap((row) => this.reencrypt(row, progress) ?? []);
        if (renewed.length > 0) await rows.replace(renewed);
        progress.read += page.length;
        progress.reencrypted += renewed.length;
        after = page.at(-1)?.id;
        yield progress;
      }
    }
  }

  /** Messages only as long as they are to be delivered. */
  async countRemaining(): Promise<Remaining> {
    const prefix = this.keyring.currentPrefix;
    const remaining: Remaining = new Map();
    const isOther = ({ encrypted }: { encrypted: Buffer }) =>
      !prefix.equals(encrypted.subarray(0, prefix.length));
    remaining.set('signing-key-encryption', (await this.signingKeys.read()).filter(isOther).length);
    for (const [purpose, rows] of this.tables) remaining.set(purpose, await rows.countOthers(prefix));
    return remaining;
  }

  private async rekeySigningKeys(): Promise<Progress> {
    const keys = await this.signingKeys.read();
    const progress = {
      purpose: 'signing-key-encryption' as const,
      read: keys.length,
      reencrypted: 0,
      unreadable: 0,
    };
    for (const key of keys) {
      try {
        if (await this.signingKeys.reencrypt(key)) progress.reencrypted += 1;
      } catch (error) {
        if (!(error instanceof SecretUnreadable)) throw error;
        progress.unreadable += 1;
      }
    }
    return progress;
  }

  /** Null if there is nothing to do, or nothing can be done. */
  private reencrypt({ id, encrypted }: EncryptedRow, progress: Progress): ReencryptedRow | null {
    if (!encrypted) return null;
    try {
      const renewed = this.keyring.reencrypt(progress.purpose, encrypted, id);
      return renewed && { id, encrypted, renewed };
    } catch {
      // Another key's, or changed: one row must not stop the others
      progress.unreadable += 1;
      return null;
    }
  }
}
