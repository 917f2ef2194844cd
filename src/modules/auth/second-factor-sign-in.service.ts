import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import { FIRST_FACTORS } from '../metrics/sign-in-words.js';
import { type PendingSignIn, PendingSignInsService } from '../sessions/pending-sign-ins.service.js';
import type { IssuedTokens } from '../sessions/sessions.service.js';
import { TrustedDevicesService } from '../two-factor/trusted-devices.service.js';
import { SecondFactorService } from '../two-factor/second-factor.service.js';
import { SignInCounts } from './sign-in-counts.js';
import { SignInService } from './sign-in.service.js';

/** RFC 8176: a code made by a device, and more than one factor in all. */
const SHOWN = ['otp', 'mfa'];

interface Options {
  rememberDevice?: boolean;
  /** As in NewSession. */
  renewableByAccessToken?: boolean;
}

/** The token is null unless the device was to be remembered, and the organisation allows it. */
export type VerifiedSignIn = IssuedTokens & { deviceToken: string | null };

/** The second half of a sign-in, whatever its first factor was and wherever it was shown. */
@Injectable()
export class SecondFactorSignInService {
  constructor(
    private readonly pending: PendingSignInsService,
    private readonly secondFactor: SecondFactorService,
    private readonly devices: TrustedDevicesService,
    private readonly signIn: SignInService,
    private readonly counts: SignInCounts,
  ) {}

  /**
   * A session for a temp token and a code of the authenticator, or a recovery code. The guess is counted for the
   * person, the address and the token before it is compared; token and code are used up together, or neither is.
   * Throws TempTokenInvalid, TwoFactorCodeInvalid or TooManyAttempts.
   */
  async verify(
    tempToken: string,
    code: string,
    origin: RequestOrigin,
    options: Options = {},
  ): Promise<VerifiedSignIn> {
    const pending = await this.counts.countRefused('unknown', () => this.pending.find(tempToken));
    const first = FIRST_FACTORS.find((method) => method === pending.methods[0]) ?? 'unknown';
    return this.counts.countSecondHalf(first, () =>
      this.exchange({ ...pending, tempToken }, code, origin, options),
    );
  }

  private async exchange(
    { tempToken, ...pending }: PendingSignIn & { tempToken: string },
    code: string,
    origin: RequestOrigin,
    { rememberDevice = false, renewableByAccessToken = false }: Options,
  ): Promise<VerifiedSignIn> {
    const { userId, tenantId, methods } = pending;
    const guess = await this.secondFactor.reserve(userId, tenantId, origin, pending);
    return this.secondFactor.use(guess, code, async (tx, user) => {
      await this.pending.consume(tx, tempToken);
      const shown = [...new Set([...methods, ...SHOWN])];
      const session = { userId, tenantId, methods: shown, renewableByAccessToken };
      const tokens = await this.signIn.open(tx, user, session, origin);
      const deviceToken = rememberDevice ? await this.devices.trust(tx, user, tenantId, origin) : null;
      return { ...tokens, deviceToken };
    });
  }
}
