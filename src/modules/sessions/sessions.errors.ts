import { AppError } from '../../common/app-error.js';

export class RefreshTokenInvalid extends AppError {
  constructor(context?: Record<string, unknown>) {
    super('refresh_token_invalid', { detail: 'Sign in again.', context });
  }
}

export class AccessTokenInvalid extends AppError {
  constructor() {
    super('access_token_invalid', { detail: 'Refresh it, or sign in again.' });
  }
}

/** It is not known for certain which keys count: nothing was signed. */
export class SigningKeysUnavailable extends AppError {
  constructor() {
    super('service_unavailable', { retryAfterSeconds: 2 });
  }
}

/** Unknown, used, expired, used up and void are one refusal. */
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

/** The session was opened on a trusted device, and the organisation trusts none. */
export class SecondFactorNotShown extends AppError {
  constructor() {
    super('reauthentication_required', { detail: 'Sign in again with your second factor.' });
  }
}

export class SessionNotFound extends AppError {
  constructor() {
    super('not_found');
  }
}

/** To whoever signs in, as if the organisation had never been theirs. */
export class MembershipOver extends AppError {
  constructor(context: Record<string, unknown>) {
    super('invalid_credentials', { context });
  }
}

/** The organisation wants younger sessions than this one. */
export class SessionTooOld extends AppError {
  constructor() {
    super('reauthentication_required', {
      detail: 'The organisation wants a sign-in that is more recent. Sign in again.',
    });
  }
}
