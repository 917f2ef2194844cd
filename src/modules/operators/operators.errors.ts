import { AppError } from '../../common/app-error.js';

/** For operators, who may know whether an account exists. */
export class PersonNotFound extends AppError {
  constructor() {
    super('not_found', {
      detail: 'There is no account with this id, e-mail address or phone number, or it is not active.',
    });
  }
}

export class MemberUnknown extends AppError {
  constructor() {
    super('not_found', { detail: 'The person is not an active member of this tenant.' });
  }
}

/** The policy `supportAccess` of the tenant. */
export class SupportAccessRefused extends AppError {
  constructor() {
    super('support_access_not_allowed', { detail: 'Ask an owner to change `supportAccess`.' });
  }
}

export class TenantUnknown extends AppError {
  constructor() {
    super('not_found', { detail: 'There is no tenant with this id or slug.' });
  }
}

/** An operator must give a reason and a reference. */
export class ActNotExplained extends AppError {
  constructor(name: 'reason' | 'reference', maxLength: number) {
    const detail = `Give a ${name} of at most ${maxLength} characters, in one line, none of them a control or invisible character.`;
    super('validation_failed', {
      detail,
      errors: [{ pointer: `#/${name}`, code: 'validation_failed', detail }],
    });
  }
}

/** What an operator typed for a service account cannot be used. */
export class ServiceAccountInputInvalid extends AppError {
  constructor(detail: string) {
    super('validation_failed', { detail });
  }
}

export class KeyUnknown extends AppError {
  constructor() {
    super('not_found', { detail: 'There is no such API key, or it does not work any more.' });
  }
}

export class SessionUnknown extends AppError {
  constructor() {
    super('not_found', { detail: 'There is no such session, or it has ended.' });
  }
}

export class NothingToVerify extends AppError {
  constructor() {
    super('email_already_verified', {
      detail: 'No e-mail address of this account waits for a verification.',
    });
  }
}
