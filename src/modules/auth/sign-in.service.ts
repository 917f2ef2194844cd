import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { Tx } from '../../database/database.js';
import { AuditService } from '../audit/audit.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { PendingSignInsService } from '../sessions/pending-sign-ins.service.js';
import type { NewSession } from '../sessions/session-state.js';
import { type IssuedTokens, SessionsService } from '../sessions/sessions.service.js';
import { StepUpService } from '../two-factor/step-up.service.js';
import type { User } from '../users/entities/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { InvalidCredentials } from './auth.errors.js';
import { type Credential, CredentialsService } from '../passwords/credentials.service.js';

/** What somebody has shown to be let in, and where to. */
export interface AuthenticationResult {
  userId: string;
  /** The organisation to open; null where the person has none. */
  tenantId: string | null;
  /** RFC 8176 */
  method: 'pwd' | 'otp' | 'link';
  /** Where a password was compared: it must still be the account's when the session opens. */
  credential?: Credential;
  /** The device whose token was sent along: whether it is trusted, is decided when the session opens. */
  deviceId?: string | null;
  /** As in NewSession; where a code is asked for, it is up to whoever takes the code. */
  renewableByAccessToken?: boolean;
}

/** Let in; or asked for the second factor, which `SecondFactorSignInService` takes together with the temp token. */
export type SignInOutcome =
  { kind: 'signed-in'; tokens: IssuedTokens } | { kind: 'second-factor'; tempToken: string };

/** Every sign-in of every contract ends here; no other code opens a session. */
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
   * A session for a person without a second factor, or on a trusted device; for any other a temp token. Throws
   * InvalidCredentials where the account was closed, or its password changed, after the authentication was given.
   */
  async complete(
    tx: Tx,
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

  /** The session of a person who has shown all that is asked of them; the caller has locked the person. */
  async open(tx: Tx, user: User, session: NewSession, origin: RequestOrigin): Promise<IssuedTokens> {
    const opened = await this.sessions.open(tx, session, origin);
    if (opened.isNewDevice) await this.notices.send(tx, user, 'new_device_login', origin);
    return opened;
  }
}
