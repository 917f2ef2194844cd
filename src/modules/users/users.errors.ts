import { AppError } from '../../common/app-error.js';

/** The account was closed after the request was authenticated. */
export class UserGone extends AppError {
  constructor() {
    super('access_token_invalid');
  }
}

export class EmailTaken extends AppError {
  constructor() {
    super('email_taken', { detail: 'Sign in, or reset the password if you forgot it.' });
  }
}

export class PhoneTaken extends AppError {
  constructor() {
    super('phone_taken', { detail: 'Sign in, or reset the password if you forgot it.' });
  }
}

export class EmailAlreadyVerified extends AppError {
  constructor() {
    super('email_already_verified');
  }
}

/** Unknown, used and expired tokens, and those of another account, return this same error. */
export class VerificationTokenInvalid extends AppError {
  constructor() {
    super('verification_token_invalid', { detail: 'Ask for a new link and open the newest one.' });
  }
}

/** Unknown, used, expired and revoked tokens return this same error. */
export class RevertTokenInvalid extends AppError {
  constructor() {
    super('email_revert_token_invalid', { detail: 'Recover the account by another way in.' });
  }
}

export class AvatarInvalid extends AppError {
  constructor(cause?: unknown) {
    super('avatar_invalid', { detail: 'Send a PNG, JPEG or WebP image of at most 24 megapixels.', cause });
  }
}

/** Too many pictures wait to be decoded; this one was not read. */
export class AvatarQueueFull extends AppError {
  constructor() {
    super('service_unavailable', { retryAfterSeconds: 5 });
  }
}

export class AvatarTooLarge extends AppError {
  constructor() {
    super('avatar_too_large', { detail: 'Send an image of at most 2 MiB.' });
  }
}
