import { AppError, type AppErrorOptions } from '../../common/app-error.js';
import type { ErrorCode } from '../../common/error-catalogue.js';
import { REAUTHENTICATION_PROBLEMS } from '../passwords/passwords.errors.js';
import { SECOND_FACTOR_PROBLEMS } from '../two-factor/two-factor.errors.js';

/** What `SecondFactorSignInService.verify` throws. */
export const SECOND_FACTOR_SIGN_IN_PROBLEMS = [
  ...SECOND_FACTOR_PROBLEMS,
  'temp_token_invalid',
] as const satisfies readonly ErrorCode[];

/** What `AccountService.update` throws. */
export const ACCOUNT_UPDATE_PROBLEMS = [
  ...REAUTHENTICATION_PROBLEMS,
  ...SECOND_FACTOR_PROBLEMS,
  'message_limit_exceeded',
] as const satisfies readonly ErrorCode[];

/** Every failed sign-in returns this error. It does not disclose which part was wrong or whether the account exists. */
export class InvalidCredentials extends AppError {
  constructor(context?: Record<string, unknown>, about?: AppErrorOptions['about']) {
    super('invalid_credentials', {
      detail: 'Check the credentials, or recover the account.',
      context,
      about,
    });
  }
}

export class ResetTokenInvalid extends AppError {
  constructor() {
    super('reset_token_invalid', { detail: 'Ask for a new link.' });
  }
}

/** Unknown, used and expired tokens, and tokens for another identifier, return this same error. */
export class SignupTokenInvalid extends AppError {
  constructor() {
    super('signup_token_invalid', { detail: 'Ask for a code and verify it first; then sign up once.' });
  }
}

export class PhoneNotVerified extends AppError {
  constructor() {
    super('phone_not_verified', { detail: 'Ask for a code and verify it first; then sign up once.' });
  }
}

export class EmailCodesDisabled extends AppError {
  constructor() {
    super('email_codes_disabled', { detail: 'Sign in with your password, or by a code to your phone.' });
  }
}
