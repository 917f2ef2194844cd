import { AppError } from '../../common/app-error.js';
import type { ErrorCode } from '../../common/error-catalogue.js';

/** What an operation that accepts an `Idempotency-Key` can answer because of it. */
export const IDEMPOTENCY_PROBLEMS = [
  'idempotency_key_invalid',
  'idempotency_key_reused',
  'idempotency_key_in_use',
  'idempotency_answer_gone',
] as const satisfies ErrorCode[];

export class IdempotencyKeyInvalid extends AppError {
  constructor() {
    super('idempotency_key_invalid', {
      detail: 'Send one key of 1 to 255 printable ASCII characters, such as a UUID.',
    });
  }
}

export class IdempotencyKeyReused extends AppError {
  constructor() {
    super('idempotency_key_reused', {
      detail: 'Send another key with this request, or the first request again.',
    });
  }
}

export class IdempotencyKeyInUse extends AppError {
  constructor() {
    super('idempotency_key_in_use', {
      retryAfterSeconds: 1,
      detail: 'Send the same request again in a moment.',
    });
  }
}

/** The session or the API key that the stored answer holds is no longer as it was then. */
export class IdempotencyAnswerGone extends AppError {
  constructor() {
    super('idempotency_answer_gone', {
      detail: 'The first request succeeded. Sign in, or look at what it created.',
    });
  }
}
