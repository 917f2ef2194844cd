import { AppError } from '../../common/app-error.js';

export class OperatorUnknown extends AppError {
  constructor() {
    super('not_found', { detail: 'There is no operator with this e-mail address.' });
  }
}

export class OperatorExists extends AppError {
  constructor() {
    super('email_taken', { detail: 'There is an operator with this e-mail address.' });
  }
}

export class OperatorArgumentInvalid extends AppError {
  constructor(detail: string) {
    super('validation_failed', { detail });
  }
}

/** An unknown, used or expired token, and one that is used from an address that is not allowed. */
export class EnrolmentTokenInvalid extends AppError {
  constructor() {
    super('enrolment_token_invalid', { detail: 'Ask for another one: `npm run admin -- operator --help`.' });
  }
}

/** Any wrong part of a sign-in, an unknown operator, a disabled one, and an address that is not allowed. */
export class OperatorSignInRefused extends AppError {
  constructor() {
    super('invalid_credentials');
  }
}
