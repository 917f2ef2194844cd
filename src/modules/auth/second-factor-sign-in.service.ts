import { Injectable } from '@nestjs/common';
import type { Client } from '../../common/client.js';
import { PendingSignInsService } from '../sessions/pending-sign-ins.service.js';
import type { IssuedTokens } from '../sessions/sessions.service.js';
import { TrustedDevicesService } from '../two-factor/trusted-devices.service.js';
import { SecondFactorService } from '../two-factor/second-factor.service.js';
import { SignInService } from './sign-in.service.js';

/** RFC 8176: a code made by a device, and more than one factor in all. */
const SHOWN = ['otp', 'mfa'];

/** The token is null unless the device was to be remembered, and the organisation allows it. */
export type VerifiedSignIn = IssuedTokens & { deviceToken: string | null };

/** The second half of a sign-in, whatever its first factor was and wherever it was shown. */
@Injectable()
export class SecondFactorSignInService {
  constructor(
    private readonly pending: PendingSignInsService,
    private readonly secondFactor: SecondFactorService,
    private readonly devices: TrustedDevicesService,
    private readonly gate: SignInService,
  ) {}

  /**
   * A session for a temp token and a code of the authenticator, or a recovery code. The guess is counted for the
   * person, the address and the token before it is compared; token and code are used up together, or neither is.
   * Throws TempTokenInvalid, TwoFactorCodeInvalid or TooManyAttempts.
   */
  async verify(
    tempToken: string,
    code: string,
    client: Client,
    { rememberDevice = false, renewableByAccessToken = false } = {},
  ): Promise<VerifiedSignIn> {
    const pending = await this.pending.find(tempToken);
    const { userId, tenantId, methods } = pending;
    const guess = await this.secondFactor.reserve(userId, tenantId, client);
    await this.pending.reserve(pending);
    return this.secondFactor.use(guess, code, async (tx, user) => {
      await this.pending.consume(tx, tempToken);
      const shown = [...new Set([...methods, ...SHOWN])];
      const session = { userId, tenantId, methods: shown, renewableByAccessToken };
      const tokens = await this.gate.open(tx, user, session, client);
      const deviceToken = rememberDevice ? await this.devices.trust(tx, user, tenantId, client) : null;
      return { ...tokens, deviceToken };
    });
  }
}
