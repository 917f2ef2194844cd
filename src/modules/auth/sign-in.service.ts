import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { type Credential, CredentialsService } from '../passwords/credentials.service.js';
import { PendingSignInsService } from '../sessions/pending-sign-ins.service.js';
import type { NewSession } from '../sessions/session-state.js';
import { type IssuedTokens, SessionsService } from '../sessions/sessions.service.js';
import { StepUpService } from '../two-factor/step-up.service.js';
import type { UserEntity } from '../users/entities/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { InvalidCredentials } from './auth.errors.js';

/** The result of the first factor, and the tenant to sign in to. */
export interface AuthenticationResult {
  userId: string;
  /** Null if the user has no tenant. */
  tenantId: string | null;
  /** RFC 8176 method, or `link`. */
  method: 'pwd' | 'otp' | 'link';
  /** The password credential that was compared. It must still be current when the session opens. */
  credential?: Credential;
  /** The device whose token was presented. Whether it is trusted is checked when the session opens. */
  deviceId?: string | null;
  /** As in NewSession. If a second-factor code is required, the endpoint that verifies the code decides instead. */
  renewableByAccessToken?: boolean;
}

/** Signed in, or a temp token to present with the second factor at `SecondFactorSignInService`. */
export type SignInOutcome =
  { kind: 'signed-in'; tokens: IssuedTokens } | { kind: 'second-factor'; tempToken: string };

/** Every sign-in of every contract ends here. No other code opens a session. */
@Injectable()
export class SignInService {
  constructor(
    private readonly users: UsersService,
    private readonly credentials: CredentialsService,
    private readonly stepUp: StepUpService,
    private readonly pending: PendingSignInsService,
    private readonly sessions: SessionsService,
    private readonly notices: NoticesService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Opens a session if the user has no second factor or uses a trusted device; otherwise issues a temp token. Throws
   * InvalidCredentials if the account was closed or its password changed after the first factor was verified.
   */
  async complete(
    tx: Transaction,
    authentication: AuthenticationResult,
    origin: RequestOrigin,
  ): Promise<SignInOutcome> {
    const user = await this.users.lock(tx, authentication.userId);
    if (!user) throw new InvalidCredentials({ userId: authentication.userId, reason: 'closed' });
    if (authentication.credential && !(await this.credentials.isCurrent(tx, authentication.credential))) {
      throw new InvalidCredentials({ userId: authentication.userId, reason: 'password_changed_meanwhile' });
    }
    const stepUp = await this.stepUp.assess(tx, authentication);
    const methods = [authentication.method, ...(stepUp === 'trusted-device' ? ['mfa'] : [])];
    const { userId, tenantId, renewableByAccessToken } = authentication;
    const session = { userId, tenantId, methods, renewableByAccessToken };
    if (stepUp === 'code-required') {
      await this.audit.record(tx, origin, {
        action: 'sign_in.second_factor_required',
        tenantId: authentication.tenantId,
        actorId: null,
        target: { kind: 'user', id: user.id },
        detail: { methods },
      });
      return { kind: 'second-factor', tempToken: await this.pending.open(tx, session) };
    }
    return { kind: 'signed-in', tokens: await this.open(tx, user, session, origin) };
  }

  /** Opens the session of a fully authenticated user. The caller has locked the user. */
  async open(
    tx: Transaction,
    user: UserEntity,
    session: NewSession,
    origin: RequestOrigin,
  ): Promise<IssuedTokens> {
    const opened = await this.sessions.open(tx, session, origin);
    if (opened.isNewDevice) await this.notices.send(tx, user, 'new_device_login', origin);
    return opened;
  }
}
