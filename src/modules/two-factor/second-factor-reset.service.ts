import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.js';
import { TotpFactorsService } from './totp-factors.service.js';
import { TrustedDevicesService } from './trusted-devices.service.js';

/** How a second factor ends, and what a recovery of the password means for it. */
@Injectable()
export class SecondFactorResetService {
  constructor(
    private readonly factors: TotpFactorsService,
    private readonly devices: TrustedDevicesService,
  ) {}

  /** The account has recovered: its factor stays, on again if failures had switched it off; no device is trusted. */
  async recovered(tx: Tx, userId: string): Promise<void> {
    await this.devices.removeAll(tx, userId);
    await this.factors.restore(tx, userId);
  }

  /** As `wipe`, of a factor that was turned on since then, or not yet; an older one stays, and no device is trusted. */
  async wipeSince(tx: Tx, userId: string, since: Date): Promise<void> {
    await this.devices.removeAll(tx, userId);
    await this.factors.removeSince(tx, userId, since);
  }

  /** Nothing is left of the factor: neither recovery codes nor trusted devices. */
  async wipe(tx: Tx, userId: string): Promise<void> {
    await this.devices.removeAll(tx, userId);
    await this.factors.remove(tx, userId);
  }
}
