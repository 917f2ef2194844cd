import { hostToAscii } from '../../common/bounded-text.js';
import { type Mailbox, parseMailbox } from '../../common/mailbox.js';
import type { MailSender } from './templates/rendered-message.js';

/** The sender's name in messages: the display name of MAIL_FROM, or its address if it has none. */
export function senderName(mailFrom: string): string {
  const sender = parseMailbox(mailFrom);
  return sender.name === '' ? sender.address : sender.name;
}

/** The domain of MAIL_FROM in ASCII, which is the right side of every Message-ID (RFC 5322 §3.6.4). */
export function senderDomain(mailFrom: string): string {
  return hostToAscii(parseMailbox(mailFrom).address.split('@').at(-1) ?? '') || 'localhost';
}

/**
 * The sender of a mail: the product's, with the address of MAIL_FROM if it has none. An object, so that nodemailer does
 * not parse the text as a list of addresses.
 */
export function senderOf(mailFrom: string, sender: MailSender | undefined): Mailbox {
  const own = parseMailbox(mailFrom);
  return sender ? { name: sender.name, address: sender.address ?? own.address } : own;
}
