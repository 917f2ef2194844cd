import type { Config } from '../../config/config.js';
import { channelOf, type AddressedMessage } from './outgoing-message.js';

/** At most `max` messages to one recipient in any window of `seconds`: of this kind, or of all kinds together. */
export interface SendLimit {
  seconds: number;
  max: number;
  sameKind: boolean;
}

type EmailLimits = Pick<
  Config,
  'EMAIL_INTERVAL_SECONDS' | 'EMAIL_PER_HOUR' | 'EMAIL_PER_DAY' | 'THROTTLE_ENABLED'
>;

const HOUR = 3_600;
const DAY = 86_400;

const SMS_LIMITS: SendLimit[] = [
  { seconds: 60, max: 1, sameKind: false },
  { seconds: 600, max: 3, sameKind: false },
  { seconds: DAY, max: 10, sameKind: false },
];

/**
 * Each event has its own budget and spends nobody else's: whoever exhausts the links to an address, or repeats one
 * event, cannot keep its owner from hearing of another.
 */
const NOTICE_LIMITS: SendLimit[] = [
  { seconds: HOUR, max: 10, sameKind: true },
  { seconds: DAY, max: 40, sameKind: true },
];

/** The limits that hold for this message; none where throttling is off. */
export function limitsFor(message: AddressedMessage, config: EmailLimits): SendLimit[] {
  if (!config.THROTTLE_ENABLED) return [];
  if (message.template === 'notice') return NOTICE_LIMITS;
  if (channelOf(message) === 'sms') return SMS_LIMITS;
  return [
    { seconds: config.EMAIL_INTERVAL_SECONDS, max: 1, sameKind: true },
    { seconds: HOUR, max: config.EMAIL_PER_HOUR, sameKind: false },
    { seconds: DAY, max: config.EMAIL_PER_DAY, sameKind: false },
  ];
}

/** What counts as "the same kind": the template, and for a notice its event as well. Stored with the message. */
export function kindOf(message: AddressedMessage): string {
  return message.template === 'notice' ? `notice:${message.event}` : message.template;
}
