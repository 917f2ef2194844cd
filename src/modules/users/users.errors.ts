import { AppError } from '../../common/app-error.js';

/** The account of a session that still stood a moment ago has been closed. */
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

/** Unknown, used, expired and meant for another account are one refusal. */
export class VerificationTokenInvalid extends AppError {
  constructor() {
    super('verification_token_invalid', { detail: 'Ask for a new link and open the newest one.' });
  }
}

/** Unknown, used, expired and void are one refusal. */
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

/** More pictures wait to be decoded than the process may hold; nothing of this one was read. */
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
