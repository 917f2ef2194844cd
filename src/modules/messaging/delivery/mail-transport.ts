import type { Transporter } from 'nodemailer';
import { senderDomain, senderOf } from '../sender.js';
import { renderHtml } from '../templates/html.js';
import { renderText } from '../templates/plain-text.js';
import {
  type Delivery,
  DeliveryFailed,
  DeliveryRefused,
  DeliveryUnanswered,
  type Transport,
} from './transport.js';

const PARALLEL = 4;

/** Sends mail over SMTP with one connection per mail: mails are rare, and no idle connection must be kept alive. */
export class MailTransport implements Transport {
  constructor(
    private readonly url: string,
    private readonly mailFrom: string,
    private readonly trySeconds: number,
    private readonly name: string,
  ) {}

  capacity(underway: number): number {
    return PARALLEL - underway;
  }

  async deliver({ id, to, rendered, createdAt }: Delivery, signal: AbortSignal): Promise<void> {
    const { smtp, wasHandedOver } = await this.connect();
    try {
      await smtp.sendMail({
        from: senderOf(this.mailFrom, rendered.from),
        // An object, so that nodemailer does not parse the text as a list of addresses
        to: { name: '', address: to },
        subject: rendered.subject,
        text: renderText(rendered, 'email'),
        html: renderHtml(rendered),
        date: createdAt,
        messageId: `<${id}@${senderDomain(this.mailFrom)}>`,
        // RFC 3834 §5: keeps vacation responders from answering
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal,
      });
    } catch (error) {
      throw asDeliveryFailure(error, wasHandedOver());
    }
  }

  private async connect(): Promise<{ smtp: Transporter; wasHandedOver: () => boolean }> {
    /** Milliseconds, scaled from a try of 45 seconds to the configured length. */
    const share = (seconds: number) => (seconds * this.trySeconds * 1000) / 45;
    const { createTransport } = await import('nodemailer');
    let wasHandedOver = false;
    const smtp = createTransport({
      url: this.url,
      name: this.name,
      // Nothing else tells whether the whole mail was transmitted when a connection breaks
      logger: loggerOf(({ tnx }) => (wasHandedOver ||= tnx === 'message')),
      connectionTimeout: share(10),
      greetingTimeout: share(10),
      dnsTimeout: share(5),
      socketTimeout: share(20),
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    return { smtp, wasHandedOver: () => wasHandedOver };
  }
}

/** Writes nothing. */
function loggerOf(log: (entry: { tnx?: string }) => void) {
  return { level: () => undefined, trace: log, debug: log, info: log, warn: log, error: log, fatal: log };
}

function asDeliveryFailure(error: unknown, wasHandedOver: boolean): DeliveryFailed {
  const { code, responseCode } = error as { code?: string; responseCode?: number };
  // RFC 5321 §4.2.1: a 5yz reply to the recipient or the content is permanent. Other 5yz replies, such as to the SMTP
  // authentication, are not: the operator can correct the configuration
  const isFinal =
    (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode !== undefined && responseCode >= 500;
  const reason = { code, response: responseCode };
  if (responseCode === undefined && wasHandedOver) return new DeliveryUnanswered(reason);
  return isFinal ? new DeliveryRefused(reason) : new DeliveryFailed(reason);
}
