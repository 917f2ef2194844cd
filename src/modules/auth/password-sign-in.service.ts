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
import { PasswordCompletionService } from './password-completion.service.js';
import type { AuthenticationResult, SignInOutcome } from './sign-in.service.js';
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
    private readonly completion: PasswordCompletionService,
    private readonly audit: AuditService,
    private readonly counts: SignInCounts,
  ) {}

  /**
   * Verifies the password, after it has counted the guess. Throws TenantNotFound for an unknown slug, TooManyAttempts,
   * and InvalidCredentials for every other mismatch. The response time does not depend on whether the account exists.
   */
  verify(login: PasswordLogin, origin: RequestOrigin): Promise<AuthenticationResult> {
    return this.counts.countIfDenied('pwd', () => this.credentials.admit(() => this.attempt(login, origin)));
  }

  /** Opens the session, or asks for the second factor, as `SignInService.complete` does. */
  complete(authentication: AuthenticationResult, origin: RequestOrigin): Promise<SignInOutcome> {
    return this.counts.count('pwd', () => this.completion.complete(authentication, origin));
  }

  private async attempt(input: PasswordLogin, origin: RequestOrigin): Promise<AuthenticationResult> {
    const tenantId = await this.accounts.findTenant(input.tenantSlug);
    const { address } = origin;
    const { account, isRight } = await this.credentials.compareReserved(input.password, {
      subject: signInGuess(input.identifier, null, { address }).subject,
      reserve: async () => {
        const found = await this.accounts.reserveAttempt(input.identifier, tenantId, address);
        return { account: found, credential: found?.credential ?? null };
      },
      guessOf: (found) => signInGuess(input.identifier, found.account, { address }),
    });
    const about = { tenantId: tenantId ?? account?.tenantId ?? null, userId: account?.id };
    const isNotMember = tenantId !== null && account?.tenantId === null;
    if (!isRight || !account || isNotMember) {
      await this.recordDenial(about, origin);
      throw new InvalidCredentials(undefined, about);
    }
    const credential = await this.credentials.renew(account.credential, input.password);
    const deviceId = input.deviceToken === undefined ? null : await this.devices.find(input.deviceToken);
    return {
      userId: credential.userId,
      tenantId: account.tenantId,
      method: 'pwd',
      credential,
      deviceId,
    };
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
