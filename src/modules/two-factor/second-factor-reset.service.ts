import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../database/transaction.js';
import { TotpFactorsService } from './totp-factors.service.js';
import { TrustedDevicesService } from './trusted-devices.service.js';

/** Removes second factors, and applies the effects of a password recovery to them. */
@Injectable()
export class SecondFactorResetService {
  constructor(
    private readonly factors: TotpFactorsService,
    private readonly devices: TrustedDevicesService,
  ) {}

  /**
   * After a password recovery: keeps the factor, re-enables it if failures had disabled it, and removes all trusted
   * devices.
   */
  async recovered(tx: Transaction, userId: string): Promise<void> {
    await this.devices.removeAll(tx, userId);
    await this.factors.restore(tx, userId);
  }

  /**
   * As `wipe`, if the factor was confirmed at or after `since`, or not yet. Keeps an older factor. Removes trusted
   * devices either way.
   */
  async wipeSince(tx: Transaction, userId: string, since: Date): Promise<void> {
    await this.devices.removeAll(tx, userId);
    await this.factors.removeSince(tx, userId, since);
  }

  /** Removes the factor with its recovery codes and all trusted devices. */
  async wipe(tx: Transaction, userId: string): Promise<void> {
    await this.devices.removeAll(tx, userId);
    await this.factors.remove(tx, userId);
  }
}
