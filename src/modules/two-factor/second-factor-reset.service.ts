import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../database/transaction.js';
import { TotpFactorsService } from './totp-factors.service.js';
import { TrustedDevicesService } from './trusted-devices.service.js';

/** Removes second factors, and enables them again. */
@Injectable()
export class SecondFactorResetService {
  constructor(
    private readonly factors: TotpFactorsService,
    private readonly devices: TrustedDevicesService,
  ) {}

  /** Whether the user has a confirmed factor. */
  isEnabled(tx: Transaction, userId: string): Promise<boolean> {
    return this.factors.isEnabled(tx, userId);
  }

  /** Keeps the factor, and enables it again if failures had disabled it. */
  enable(tx: Transaction, userId: string): Promise<void> {
    return this.factors.restore(tx, userId);
  }

  /** Removes the factor with its recovery codes; with `since`, unless it was confirmed before. */
  removeFactor(tx: Transaction, userId: string, since: Date | null = null): Promise<void> {
    return this.factors.remove(tx, userId, since);
  }

  /** Returns the number of trusted devices. */
  removeDevices(tx: Transaction, userId: string): Promise<number> {
    return this.devices.removeAll(tx, userId);
  }

  /** Removes the factor with its recovery codes and all trusted devices. */
  async wipe(tx: Transaction, userId: string): Promise<void> {
    await this.removeDevices(tx, userId);
    await this.removeFactor(tx, userId);
  }
}
