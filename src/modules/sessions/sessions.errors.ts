import { AppError } from '../../common/app-error.js';

export class RefreshTokenInvalid extends AppError {
  constructor(context?: Record<string, unknown>) {
    super('refresh_token_invalid', { detail: 'Sign in again.', context });
  }
}

/** No cookie is set or read for this request: nothing of it was carried out. */
export class BrowserSessionRefused extends AppError {
  constructor(detail: string) {
    super('browser_session_refused', { detail });
  }
}

export class AccessTokenInvalid extends AppError {
  constructor() {
    super('access_token_invalid', { detail: 'Refresh it, or sign in again.' });
  }
}

/** The signing keys could not be read recently enough, so nothing was signed. */
export class SigningKeysUnavailable extends AppError {
  constructor() {
    super('service_unavailable', { retryAfterSeconds: 2 });
  }
}

/** Unknown, used, expired, exhausted and revoked tokens return this same error. */
export class TempTokenInvalid extends AppError {
  constructor() {
    super('temp_token_invalid', { detail: 'Sign in again.' });
  }
}

export class TwoFactorEnrolmentRequired extends AppError {
  constructor() {
    super('two_factor_enrolment_required', { detail: 'Turn two-factor authentication on first.' });
  }
}

/** The session was opened on a trusted device, and the tenant does not trust devices. */
export class SecondFactorNotVerified extends AppError {
  constructor() {
    super('reauthentication_required', { detail: 'Sign in again with your second factor.' });
  }
}

export class SessionNotFound extends AppError {
  constructor() {
    super('not_found');
  }
}

/** The membership ended. A sign-in reports it like a user who was never a member. */
export class MembershipEnded extends AppError {
  constructor(context: Record<string, unknown>) {
    super('invalid_credentials', { context });
  }
}

/** The session exceeds the tenant's session lifetime. */
export class SessionTooOld extends AppError {
  constructor() {
    super('reauthentication_required', {
      detail: 'The organisation wants a sign-in that is more recent. Sign in again.',
    });
  }
}
