import type { Transporter } from 'nodemailer';
import { senderDomain } from '../sender.js';
import { renderHtml } from '../templates/html.js';
import { renderText } from '../templates/plain-text.js';
import { type Delivery, DeliveryFailed, DeliveryRefused, type Transport } from './transport.js';

const PARALLEL = 4;

/** Sends mail over SMTP with one connection per mail: mails are rare, and no idle connection must be kept alive. */
export class MailTransport implements Transport {
  /** Unlimited: duplicates have the same Message-ID, by which mail clients recognise them. */
  readonly maxUnansweredTries = Infinity;
  private smtp?: Promise<Transporter>;

  constructor(
    private readonly url: string,
    private readonly mailFrom: string,
    private readonly trySeconds: number,
  ) {}

  capacity(underway: number): number {
    return PARALLEL - underway;
  }

  async deliver({ id, to, rendered, createdAt }: Delivery, signal: AbortSignal): Promise<void> {
    try {
      const smtp = await (this.smtp ??= connect(this.url, this.trySeconds));
      await smtp.sendMail({
        from: this.mailFrom,
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
      throw asDeliveryFailure(error);
    }
  }
}

async function connect(url: string, trySeconds: number): Promise<Transporter> {
  /** Milliseconds, scaled from a try of 45 seconds to the configured length. */
  const share = (seconds: number) => (seconds * trySeconds * 1000) / 45;
  const { createTransport } = await import('nodemailer');
  return createTransport({
    url,
    connectionTimeout: share(10),
    greetingTimeout: share(10),
    dnsTimeout: share(5),
    socketTimeout: share(20),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

function asDeliveryFailure(error: unknown): DeliveryFailed {
  const { code, responseCode } = error as { code?: string; responseCode?: number };
  // RFC 5321 §4.2.1: a 5yz reply to the recipient or the content is permanent. Other 5yz replies, such as to the SMTP
  // authentication, are not: the operator can correct the configuration
  const isFinal =
    (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode !== undefined && responseCode >= 500;
  const reason = { code, response: responseCode };
  return isFinal ? new DeliveryRefused(reason) : new DeliveryFailed(reason);
}
