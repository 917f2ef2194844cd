import { AppError } from '../../common/app-error.js';
import type { ErrorCode } from '../../common/error-catalogue.js';
import type { SmsObjection } from '../metrics/sms-words.js';

const FEW = 10;
const MINUTE = 60;
const HOUR = 3_600;

/** What an operation throws whose message is not sent. */
export const MESSAGE_PROBLEMS = [
  'message_limit_exceeded',
  'sms_not_available',
] as const satisfies readonly ErrorCode[];

export class MessageLimitExceeded extends AppError {
  constructor(retryAfterSeconds: number) {
    super('message_limit_exceeded', {
      retryAfterSeconds: coarse(retryAfterSeconds),
      detail: 'There was a message a moment ago, or there were many of them lately. Try again later.',
    });
  }
}

/** The spend guard has withheld the message, and the response would otherwise say that it was sent. */
export class MessageWithheld extends AppError {
  constructor(reason: SmsObjection) {
    const isForGood = reason === 'country_not_allowed';
    super(isForGood ? 'sms_not_available' : 'message_limit_exceeded', {
      ...(!isForGood && { retryAfterSeconds: HOUR }),
      detail: isForGood
        ? 'No SMS is sent to this country. Use an e-mail address.'
        : 'Too many SMS were sent lately. Try again later.',
      about: { reason },
    });
  }
}

/** Rounds up to whole minutes, so that the response does not disclose to the second when the last message was sent. */
function coarse(seconds: number): number {
  return seconds > FEW ? Math.ceil(seconds / MINUTE) * MINUTE : Math.max(1, seconds);
}
