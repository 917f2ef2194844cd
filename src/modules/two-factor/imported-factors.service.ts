import { Injectable } from '@nestjs/common';
import { Keyring } from '../../common/keyring.js';
import type { Transaction } from '../../database/transaction.js';
import { ImportedFactorsRepository } from './imported-factors.repository.js';
import { RecoveryCodesService } from './recovery-codes.service.js';

export interface ImportedFactor {
  userId: string;
  /** Base32. */
  seed: string;
  codes: string[];
}

/** Stores second factors of another system as ours are stored: seeds encrypted, backup codes hashed. */
@Injectable()
export class ImportedFactorsService {
  constructor(
    private readonly stored: ImportedFactorsRepository,
    private readonly codes: RecoveryCodesService,
    private readonly keyring: Keyring,
  ) {}

  async insertAll(tx: Transaction, factors: ImportedFactor[]): Promise<void> {
    const rows = factors.map(({ userId, seed }) => ({
      userId,
      seedEncrypted: this.keyring.encrypt('totp-seed', seed, userId),
    }));
    await this.stored.insertFactors(tx, rows);
    const codes = factors.flatMap(({ userId, codes }) =>
      codes.map((code) => ({ userId, hash: this.codes.hash(userId, code) })),
    );
    if (codes.length > 0) await this.stored.insertCodes(tx, codes);
  }

  /** For an export. Throws SecretUnreadable. */
  decrypt(userId: string, seedEncrypted: Buffer): string {
    return this.keyring.decrypt('totp-seed', seedEncrypted, userId);
  }
}
