import type { Config } from '../../config/config.js';
import { channelOf, type AddressedMessage } from './outgoing-message.js';

/** At most `max` messages to one recipient in any window of `seconds`: of this kind, or of all kinds together. */
export interface SendLimit {
  seconds: number;
  max: number;
  sameKind: boolean;
}

type Limits = Pick<
  Config,
  | 'EMAIL_INTERVAL_SECONDS'
  | 'EMAIL_PER_HOUR'
  | 'EMAIL_PER_DAY'
  | 'SMS_INTERVAL_SECONDS'
  | 'SMS_PER_TEN_MINUTES'
  | 'SMS_PER_DAY'
  | 'OTP_TEST_NUMBERS'
  | 'THROTTLE_ENABLED'
>;

const TEN_MINUTES = 600;
const HOUR = 3_600;
const DAY = 86_400;

/**
 * Each event has its own budget and spends nobody else's: whoever exhausts the links to an address, or repeats one
 * event, cannot keep its owner from hearing of another.
 */
const NOTICE_LIMITS: SendLimit[] = [
  { seconds: HOUR, max: 10, sameKind: true },
  { seconds: DAY, max: 40, sameKind: true },
];

/** The limits that hold for this message; none where throttling is off, nor for a test number. */
export function limitsFor(message: AddressedMessage, config: Limits): SendLimit[] {
  if (!config.THROTTLE_ENABLED || isToTestNumber(message, config)) return [];
  if (message.template === 'notice') return NOTICE_LIMITS;
  if (channelOf(message) === 'sms') {
    return [
      { seconds: config.SMS_INTERVAL_SECONDS, max: 1, sameKind: false },
      { seconds: TEN_MINUTES, max: config.SMS_PER_TEN_MINUTES, sameKind: false },
      { seconds: DAY, max: config.SMS_PER_DAY, sameKind: false },
    ];
  }
  return [
    { seconds: config.EMAIL_INTERVAL_SECONDS, max: 1, sameKind: true },
    { seconds: HOUR, max: config.EMAIL_PER_HOUR, sameKind: false },
    { seconds: DAY, max: config.EMAIL_PER_DAY, sameKind: false },
  ];
}

/** Nothing ever leaves to a number of OTP_TEST_NUMBERS, so nothing it gets is counted. */
export function isToTestNumber(
  message: AddressedMessage,
  { OTP_TEST_NUMBERS: numbers }: Pick<Config, 'OTP_TEST_NUMBERS'>,
): boolean {
  return channelOf(message) === 'sms' && numbers.has(message.to.trim());
}

/** What counts as "the same kind": the template, and for a notice its event as well. Stored with the message. */
export function kindOf(message: AddressedMessage): string {
  return message.template === 'notice' ? `notice:${message.event}` : message.template;
}
