import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.js';
import { TotpFactorsService } from './totp-factors.service.js';

/** What a recovery of the password means for the second factor. */
@Injectable()
export class SecondFactorResetService {
  constructor(private readonly factors: TotpFactorsService) {}

  /** The account has recovered: its factor stays, and one that failures had switched off is on again. */
  async recovered(tx: Tx, userId: string): Promise<void> {
    await this.factors.restore(tx, userId);
  }

  /** The account has another owner: nothing of the factor that was set up before is left. */
  async wipe(tx: Tx, userId: string): Promise<void> {
    await this.factors.remove(tx, userId);
  }
}
