import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import { FIRST_FACTORS } from '../metrics/sign-in-words.js';
import { type PendingSignIn, PendingSignInsService } from '../sessions/pending-sign-ins.service.js';
import type { IssuedTokens } from '../sessions/sessions.service.js';
import { SecondFactorService } from '../two-factor/second-factor.service.js';
import { TrustedDevicesService } from '../two-factor/trusted-devices.service.js';
import { SignInService } from './sign-in.service.js';
import { SignInCounts } from './sign-in-counts.js';

/** RFC 8176: a one-time code, and multiple-factor authentication. */
const SECOND_FACTOR_METHODS = ['otp', 'mfa'];

interface Options {
  rememberDevice?: boolean;
  /** As in NewSession. */
  renewableByAccessToken?: boolean;
}

/** `deviceToken` is null unless the caller asked to remember the device and the tenant allows it. */
export type VerifiedSignIn = IssuedTokens & { deviceToken: string | null };

/** Completes a sign-in with the second factor, whatever the first factor was and whichever contract verified it. */
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
   * Opens a session for a temp token with a TOTP code or a recovery code. The attempt is counted for the user, the
   * address and the temp token before the code is compared. Token and code are consumed atomically. Throws
   * TempTokenInvalid, TwoFactorCodeInvalid or TooManyAttempts.
   */
  async verify(
    tempToken: string,
    code: string,
    origin: RequestOrigin,
    options: Options = {},
  ): Promise<VerifiedSignIn> {
    const pending = await this.counts.countIfDenied('unknown', () => this.pending.find(tempToken));
    const first = FIRST_FACTORS.find((method) => method === pending.methods[0]) ?? 'unknown';
    return this.counts.countSecondFactor(first, () =>
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
      const allMethods = [...new Set([...methods, ...SECOND_FACTOR_METHODS])];
      const session = { userId, tenantId, methods: allMethods, renewableByAccessToken };
      const tokens = await this.signIn.open(tx, user, session, origin);
      const deviceToken = rememberDevice ? await this.devices.trust(tx, user, tenantId, origin) : null;
      return { ...tokens, deviceToken };
    });
  }
}
