import { Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import { AuditService } from '../audit/audit.service.js';
import { CredentialsService } from '../passwords/credentials.service.js';
import { signInGuess } from '../passwords/password-guesses.js';
import { TrustedDevicesService } from '../two-factor/trusted-devices.service.js';
import { AccountLookupService } from './account-lookup.service.js';
import { InvalidCredentials } from './auth.errors.js';
import { type AuthenticationResult, type SignInOutcome, SignInService } from './sign-in.service.js';
import { SignInCounts } from './sign-in-counts.js';

export interface PasswordLogin {
  /** Canonical; verified or not. */
  identifier: Identifier;
  password: string;
  /** Signs in to this tenant; by default, to the most recently used one. */
  tenantSlug?: string;
  /** The token of a remembered device. If the tenant trusts the device, no second-factor code is required. */
  deviceToken?: string;
}

/** Sign-in by password, in two steps: whose password it is, and then the session. Both count in the metrics. */
@Injectable()
export class PasswordSignInService {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountLookupService,
    private readonly credentials: CredentialsService,
    private readonly devices: TrustedDevicesService,
    private readonly signIns: SignInService,
    private readonly audit: AuditService,
    private readonly counts: SignInCounts,
  ) {}

  /**
   * Verifies the password, after it has counted the guess. Throws TenantNotFound for an unknown slug, TooManyAttempts,
   * and InvalidCredentials for every other mismatch. The response time does not depend on whether the account exists.
   */
  verify(login: PasswordLogin, origin: RequestOrigin): Promise<AuthenticationResult> {
    return this.counts.countIfDenied('pwd', () => this.attempt(login, origin));
  }

  /** Opens the session, or asks for the second factor, as `SignInService.complete` does; in a transaction of its own. */
  complete(authentication: AuthenticationResult, origin: RequestOrigin): Promise<SignInOutcome> {
    return this.counts.count('pwd', () =>
      this.database.acrossTenants((tx) => this.signIns.complete(tx, authentication, origin)),
    );
  }

  private async attempt(input: PasswordLogin, origin: RequestOrigin): Promise<AuthenticationResult> {
    const { account, tenantId } = await this.accounts.find(input.identifier, input.tenantSlug);
    const about = { tenantId: tenantId ?? account?.tenantId ?? null, userId: account?.id };
    const guess = signInGuess(input.identifier, account, { address: origin.address, about });
    const matches = await this.credentials.matches(account?.credential ?? null, input.password, guess);
    const isNotMember = tenantId !== null && account?.tenantId === null;
    if (!matches || !account || isNotMember) {
      await this.recordDenial(about, origin);
      throw new InvalidCredentials(undefined, about);
    }
    const credential = await this.credentials.renew(account.credential, input.password);
    const deviceId = input.deviceToken === undefined ? null : await this.devices.find(input.deviceToken);
    return { userId: credential.userId, tenantId: account.tenantId, method: 'pwd', credential, deviceId };
  }

  private async recordDenial(
    { tenantId, userId }: { tenantId: string | null; userId?: string },
    origin: RequestOrigin,
  ): Promise<void> {
    await this.audit.record(this.database.autocommitAcrossTenants, origin, {
      action: 'sign_in.refused',
      tenantId,
      actorId: null,
      outcome: 'refused',
      ...(userId !== undefined && { target: { kind: 'user', id: userId } }),
    });
  }
}
