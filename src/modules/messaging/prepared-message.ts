import type { SmsObjection } from '../metrics/sms-words.js';
import type { NewMessage } from './messages.repository.js';
import { type Channel, channelOf, type OutgoingMessage } from './outgoing-message.js';
import type { SmsMessage } from './spending/sms-budgets.js';
import type { SmsCharge } from './spending/sms-charge.js';

/** A message before it is recorded. */
export interface PreparedMessage {
  id: string;
  channel: Channel;
  /** The message if it is an SMS that costs money. */
  sms: SmsMessage | null;
  /** Why it is withheld, whatever was sent before. */
  objection: SmsObjection | null;
  charge: SmsCharge | null;
  delivers: boolean;
  recorded: NewMessage;
}

const NOTICE_LIFETIME_SECONDS = 3 * 86_400;

/** Whether it goes by SMS. */
export function isSms(message: OutgoingMessage): message is SmsMessage {
  return channelOf(message) === 'sms';
}

/** The state in which a message is recorded. */
export function statusOf({ suppressed = false, withheld = false, delivers = false }): NewMessage['status'] {
  if (suppressed) return 'suppressed';
  if (withheld) return 'withheld';
  return delivers ? 'queued' : 'recorded';
}

/** Seconds from now, or a moment of the database's clock. */
export function expiryOf(message: OutgoingMessage): Date | number {
  if (message.template === 'notice') return NOTICE_LIFETIME_SECONDS;
  if (message.template === 'otp') return message.ttlSeconds;
  return message.expiresAt;
}
