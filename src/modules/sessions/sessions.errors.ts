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
