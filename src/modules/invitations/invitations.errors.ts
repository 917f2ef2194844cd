import { AppError } from '../../common/app-error.js';

export class InvitationNotFound extends AppError {
  constructor() {
    super('invitation_not_found', {
      detail: 'Check that the link is complete, or ask for a new invitation.',
    });
  }
}

export class InvitationExpired extends AppError {
  constructor() {
    super('invitation_expired', { detail: 'Ask whoever invited you for a new one.' });
  }
}

export class InvitationAlreadyUsed extends AppError {
  constructor() {
    super('invitation_already_used', { detail: 'Sign in, or ask whoever invited you for a new one.' });
  }
}

export class InvitationWrongAccount extends AppError {
  constructor() {
    super('invitation_wrong_account', { detail: 'Sign in to the account of whoever was invited.' });
  }
}
