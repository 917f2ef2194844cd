import { AppError } from '../../common/app-error.js';
import type { ErrorCode } from '../../common/error-catalogue.js';
import { CURRENT_PASSWORD_PROBLEMS, REAUTHENTICATION_PROBLEMS } from '../passwords/passwords.errors.js';

/** What a second factor throws that does not accept the code. */
export const SECOND_FACTOR_PROBLEMS = [
  'two_factor_code_invalid',
  'too_many_attempts',
] as const satisfies readonly ErrorCode[];

export const ENROLMENT_PROBLEMS = [
  ...REAUTHENTICATION_PROBLEMS,
  'two_factor_already_enabled',
] as const satisfies readonly ErrorCode[];

export const CONFIRMATION_PROBLEMS = [
  ...SECOND_FACTOR_PROBLEMS,
  'two_factor_not_enrolling',
] as const satisfies readonly ErrorCode[];

/** What a change of the second factor throws, which takes the password and a code. */
export const SECOND_FACTOR_CHANGE_PROBLEMS = [
  ...CURRENT_PASSWORD_PROBLEMS,
  ...SECOND_FACTOR_PROBLEMS,
  'two_factor_not_enabled',
] as const satisfies readonly ErrorCode[];

/** A wrong or used code, a time step at or below the last, and a disabled factor return this same error. */
export class TwoFactorCodeInvalid extends AppError {
  constructor(context?: Record<string, unknown>) {
    super('two_factor_code_invalid', {
      detail: 'Send the next code of your authenticator, or a backup code that you have not used.',
      context,
    });
  }
}

export class TwoFactorAlreadyEnabled extends AppError {
  constructor() {
    super('two_factor_already_enabled', { detail: 'Turn it off first.' });
  }
}

export class TrustedDeviceNotFound extends AppError {
  constructor() {
    super('not_found');
  }
}

export class TwoFactorNotEnabled extends AppError {
  constructor() {
    super('two_factor_not_enabled');
  }
}

export class TwoFactorNotEnrolling extends AppError {
  constructor() {
    super('two_factor_not_enrolling', { detail: 'Ask for a secret first, or turn it off to enrol anew.' });
  }
}
