import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Keyring } from '../../common/keyring.js';
import { PeriodicSweep } from '../../common/periodic-sweep.js';
import type { Transaction } from '../../database/transaction.js';
import type { Credential } from './credentials.repository.js';
import { decoyOf, type ForeignHash, profileOf } from './foreign/foreign-hash.js';
import { ImportedPasswordsRepository, type ProfileShare } from './imported-passwords.repository.js';

/** Stores password hashes of other systems, and selects what a sign-in compares. */
@Injectable()
export class ImportedPasswordsService extends PeriodicSweep {
  protected override readonly everyWorker = true;
  private shares: ProfileShare[] = [];

  constructor(
    private readonly stored: ImportedPasswordsRepository,
    private readonly keyring: Keyring,
  ) {
    super();
  }

  async insertAll(tx: Transaction, passwords: { userId: string; hash: ForeignHash }[]): Promise<void> {
    const rows = passwords.map(({ userId, hash }) => ({
      userId,
      placeholder: newPlaceholder(),
      encrypted: this.keyring.encrypt('imported-password', JSON.stringify(hash), userId),
      profile: profileOf(hash),
    }));
    await this.stored.insertAll(tx, rows);
  }

  /** Throws SecretUnreadable. */
  decrypt({ userId, imported }: { userId: string; imported: Buffer }): ForeignHash {
    return JSON.parse(this.keyring.decrypt('imported-password', imported, userId)) as ForeignHash;
  }

  /**
   * The imported hash to compare for an attempt; null to compare one of Gatehouse, or its decoy. Where there is no
   * password, the subject of the attempt determines which decoy it is, with the probability that an account with a
   * password has such a hash: so the time tells nothing about whether there is an account.
   */
  select(credential: Credential | null, subject: string): ForeignHash | null {
    if (credential && credential.imported !== null)
      return this.decrypt({ userId: credential.userId, imported: credential.imported });
    return (credential?.hash ?? null) === null ? this.decoyFor(subject) : null;
  }

  /** Reads the shares, which decoys are drawn by. */
  async sweep(): Promise<void> {
    this.shares = await this.stored.listShares();
  }

  private decoyFor(subject: string): ForeignHash | null {
    if (this.shares.length === 0) return null;
    let point = this.keyring.hmac('attempt-key', `decoy:${subject}`).readUInt32BE() / 2 ** 32;
    for (const { profile, share } of this.shares) {
      point -= share;
      if (point < 0) return decoyOf(profile);
    }
    return null;
  }
}

/** An argon2id hash that no password has, unique, which every release understands. */
function newPlaceholder(): string {
  const random = (bytes: number) => randomBytes(bytes).toString('base64').replace(/=+$/, '');
  return `$argon2id$v=19$m=19456,t=2,p=1$${random(16)}$${random(32)}`;
}
