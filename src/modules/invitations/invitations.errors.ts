import { AppError } from '../../common/app-error.js';
import type { ErrorCode } from '../../common/error-catalogue.js';
import { PASSWORD_PROBLEMS } from '../passwords/passwords.errors.js';

/** What `AcceptanceService` throws for a link that cannot be used. */
export const INVITATION_LINK_PROBLEMS = [
  'invitation_expired',
  'invitation_already_used',
  'invitation_domain_not_allowed',
  'invitation_not_found',
] as const satisfies readonly ErrorCode[];

/** What `AcceptanceService.accept` throws. */
export const ACCEPTANCE_PROBLEMS = [
  ...PASSWORD_PROBLEMS,
  'invalid_credentials',
  'invitation_wrong_account',
  ...INVITATION_LINK_PROBLEMS,
  'already_member',
  // Another account got the identifier meanwhile
  'email_taken',
  'phone_taken',
  'too_many_attempts',
] as const satisfies readonly ErrorCode[];

export class InvitationNotFound extends AppError {
  constructor() {
    super('invitation_not_found', {
      detail: 'Check that the link is complete, or ask for a new invitation.',
    });
  }
}

export class InvitationExpired extends AppError {
  constructor() {
    super('invitation_expired', { detail: 'Ask the person who invited you for a new one.' });
  }
}

export class InvitationAlreadyUsed extends AppError {
  constructor() {
    super('invitation_already_used', { detail: 'Sign in, or ask the person who invited you for a new one.' });
  }
}

export class InvitationWrongAccount extends AppError {
  constructor() {
    super('invitation_wrong_account', { detail: 'Sign in to the account of the invited person.' });
  }
}

export class InvitationDomainNotAllowed extends AppError {
  constructor() {
    super('invitation_domain_not_allowed', {
      detail: 'Invite an address of one of the organisation’s domains.',
    });
  }
}

/** Same response for another tenant's invitation and for one that does not exist. */
export class UnknownInvitation extends AppError {
  constructor() {
    super('not_found');
  }
}

export class RecipientRepeated extends AppError {
  constructor() {
    super('recipient_repeated', { detail: 'An earlier line of this list has invited the same recipient.' });
  }
}
