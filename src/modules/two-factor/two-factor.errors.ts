import { AppError } from '../../common/app-error.js';

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

/** For operators, who identify users by id. */
export class UserNotFound extends AppError {
  constructor() {
    super('not_found', { detail: 'There is no active account with this id.' });
  }
}

/** An operator must give a reason and a reference. */
export class ResetReasonMissing extends AppError {
  constructor(name: 'reason' | 'reference', maxLength: number) {
    const detail = `Give a ${name} of at most ${maxLength} characters.`;
    super('validation_failed', {
      detail,
      errors: [{ pointer: `#/${name}`, code: 'validation_failed', detail }],
    });
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
