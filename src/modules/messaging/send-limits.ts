import type { Config } from '../../config/config.js';
import { type AddressedMessage, channelOf } from './outgoing-message.js';

/** Which messages of the last `seconds` count towards `max`. */
type Counted =
  /** To this recipient, with this template; for a notice, with this event. */
  | 'template'
  /** To this recipient, with this purpose or one that shares its limit. */
  | 'purpose'
  /** From this session, account or tenant, to any recipient, with this purpose. */
  | 'session'
  | 'account'
  | 'tenant';

/** At most `max` messages in any window of `seconds`. */
export interface SendLimit {
  seconds: number;
  max: number;
  /** This many messages of one purpose are allowed even if others have used up the shared limit. */
  reserve?: number;
  counted: Counted;
}

/** Messages that the owner of an account must be able to get, although strangers can request some of them. */
const OWNER_PURPOSES = ['password-reset', 'sign-in', 'verify-email', 'account-restoration'] as const;

/**
 * What a message is for, and how it counts towards the limits of its recipient. OWNER_PURPOSES share one limit, of
 * which each has a reserve that the others cannot use. Every other purpose has its own limits, so that messages caused
 * by one person never block those requested by another. `known:` purposes are for requests from an IP address from
 * which the account has signed in before.
 */
export type Purpose =
  | (typeof OWNER_PURPOSES)[number]
  | 'email-change'
  | 'invitation'
  | 'notice'
  | 'unconfirmed-notice'
  | `known:${string}`;

type Limits = Pick<
  Config,
  | 'EMAIL_INTERVAL_SECONDS'
  | 'EMAIL_PER_HOUR'
  | 'EMAIL_PER_DAY'
  | 'EMAIL_RESERVE_PER_HOUR'
  | 'EMAIL_RESERVE_PER_DAY'
  | 'EMAIL_CHANGE_SESSION_PER_HOUR'
  | 'EMAIL_CHANGE_ACCOUNT_PER_DAY'
  | 'EMAIL_CHANGE_TENANT_PER_DAY'
  | 'INVITATION_SESSION_PER_HOUR'
  | 'INVITATION_ACCOUNT_PER_HOUR'
  | 'INVITATION_TENANT_PER_HOUR'
  | 'INVITATION_TENANT_PER_DAY'
  | 'SMS_INTERVAL_SECONDS'
  | 'SMS_PER_TEN_MINUTES'
  | 'SMS_PER_DAY'
  | 'SMS_RESERVE_PER_TEN_MINUTES'
  | 'SMS_RESERVE_PER_DAY'
  | 'SMS_NOTICES_PER_DAY'
  | 'OTP_TEST_NUMBERS'
  | 'THROTTLE_ENABLED'
>;

const TEN_MINUTES = 600;
const HOUR = 3_600;
const DAY = 86_400;

/** By e-mail, per event: an attacker who repeats one event cannot block the notices of another. */
const NOTICES_OF_AN_EVENT: SendLimit[] = [
  { seconds: HOUR, max: 10, counted: 'template' },
  { seconds: DAY, max: 40, counted: 'template' },
];

/** By SMS, per event. */
const SMS_NOTICES_OF_AN_EVENT: SendLimit = { seconds: DAY, max: 2, counted: 'template' };

/** The limits of this message; none if throttling is off or the recipient is a test number. */
export function limitsFor(message: AddressedMessage, config: Limits): SendLimit[] {
  if (!config.THROTTLE_ENABLED || isToTestNumber(message, config)) return [];
  return [...recipientLimits(message, config), ...senderLimits(message, config)];
}

function recipientLimits(message: AddressedMessage, config: Limits): SendLimit[] {
  const isSms = channelOf(message) === 'sms';
  const perHour = limit(HOUR, config.EMAIL_PER_HOUR, config.EMAIL_RESERVE_PER_HOUR);
  const perDay = limit(DAY, config.EMAIL_PER_DAY, config.EMAIL_RESERVE_PER_DAY);
  if (message.template === 'notice') {
    if (isSms) return [SMS_NOTICES_OF_AN_EVENT, limit(DAY, config.SMS_NOTICES_PER_DAY)];
    return message.unconfirmed ? [...NOTICES_OF_AN_EVENT, perHour, perDay] : NOTICES_OF_AN_EVENT;
  }
  if (!isSms) return [limit(config.EMAIL_INTERVAL_SECONDS, 1), perHour, perDay];
  return [
    limit(config.SMS_INTERVAL_SECONDS, 1),
    limit(TEN_MINUTES, config.SMS_PER_TEN_MINUTES, config.SMS_RESERVE_PER_TEN_MINUTES),
    limit(DAY, config.SMS_PER_DAY, config.SMS_RESERVE_PER_DAY),
  ];
}

function limit(seconds: number, max: number, reserve?: number): SendLimit {
  return { seconds, max, ...(reserve !== undefined && { reserve }), counted: 'purpose' };
}

/** Limits of what one person, or all members of one tenant together, can send to recipients of their choice. */
function senderLimits(message: AddressedMessage, config: Limits): SendLimit[] {
  if (!('sender' in message) || !message.sender) return [];
  if (message.template === 'invitation') {
    return [
      { seconds: HOUR, max: config.INVITATION_SESSION_PER_HOUR, counted: 'session' },
      { seconds: HOUR, max: config.INVITATION_ACCOUNT_PER_HOUR, counted: 'account' },
      { seconds: HOUR, max: config.INVITATION_TENANT_PER_HOUR, counted: 'tenant' },
      { seconds: DAY, max: config.INVITATION_TENANT_PER_DAY, counted: 'tenant' },
    ];
  }
  return [
    { seconds: HOUR, max: config.EMAIL_CHANGE_SESSION_PER_HOUR, counted: 'session' },
    { seconds: DAY, max: config.EMAIL_CHANGE_ACCOUNT_PER_DAY, counted: 'account' },
    { seconds: DAY, max: config.EMAIL_CHANGE_TENANT_PER_DAY, counted: 'tenant' },
  ];
}

/** Messages to OTP_TEST_NUMBERS are never delivered, and so never counted. */
export function isToTestNumber(
  message: AddressedMessage,
  { OTP_TEST_NUMBERS: numbers }: Pick<Config, 'OTP_TEST_NUMBERS'>,
): boolean {
  return channelOf(message) === 'sms' && numbers.has(message.to.trim());
}

/** The template; for a notice, with its event. Stored as `template` with the message. */
export function kindOf(message: AddressedMessage): string {
  return message.template === 'notice' ? `notice:${message.event}` : message.template;
}

/** The purposes under which the message may be sent: the second one if the limits of the first are reached. */
export function purposesOf(message: AddressedMessage): [Purpose, ...Purpose[]] {
  const purpose = purposeOf(message);
  const isKnown = 'fromKnownAddress' in message && message.fromKnownAddress;
  return isKnown ? [purpose, `known:${purpose}`] : [purpose];
}

/** The purposes that share a limit with this one, including itself. */
export function purposesSharingLimit(purpose: Purpose): readonly Purpose[] {
  return OWNER_PURPOSES.find((one) => one === purpose) ? OWNER_PURPOSES : [purpose];
}

function purposeOf(message: AddressedMessage): Purpose {
  switch (message.template) {
    case 'otp':
      return message.purpose;
    case 'verify-email':
      return message.sender ? 'email-change' : 'verify-email';
    case 'notice':
      return message.unconfirmed ? 'unconfirmed-notice' : 'notice';
    case 'password-reset':
    case 'invitation':
    case 'account-restoration':
      return message.template;
  }
}
