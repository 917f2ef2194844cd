import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../database/transaction.js';
import { TotpFactorsService } from './totp-factors.service.js';
import { TrustedDevicesService } from './trusted-devices.service.js';

/** The user, the target tenant, and the device if the client presented a device token. */
export interface SigningIn {
  userId: string;
  tenantId: string | null;
  deviceId?: string | null;
}

/** The step required between the first factor and a session. */
export type StepUp = 'no-factor' | 'trusted-device' | 'code-required';

@Injectable()
export class StepUpService {
  constructor(
    private readonly factors: TotpFactorsService,
    private readonly devices: TrustedDevicesService,
  ) {}

  /** The caller has locked the user, so the factor cannot change meanwhile. */
  async assess(tx: Transaction, { userId, tenantId, deviceId }: SigningIn): Promise<StepUp> {
    if (!(await this.factors.isEnabled(tx, userId))) return 'no-factor';
    const isTrusted = deviceId && (await this.devices.recognise(tx, deviceId, userId, tenantId));
    return isTrusted ? 'trusted-device' : 'code-required';
  }
}
