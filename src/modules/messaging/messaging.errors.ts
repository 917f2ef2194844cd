import { AppError } from '../../common/app-error.js';

export class MessageLimitExceeded extends AppError {
  constructor(retryAfterSeconds: number) {
    super('message_limit_exceeded', {
      retryAfterSeconds: Math.max(1, retryAfterSeconds),
      detail: 'This recipient got a message a moment ago, or many of them lately. Try again later.',
    });
  }
}
