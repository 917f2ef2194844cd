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
