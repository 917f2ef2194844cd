import type { Transporter } from 'nodemailer';
import { renderHtml } from '../templates/html.js';
import { renderText } from '../templates/plain-text.js';
import { senderDomain } from '../sender.js';
import { DeliveryFailed, DeliveryRefused, type Delivery, type Transport } from './transport.js';

const PARALLEL = 4;

/** Sends mail over SMTP, one connection per mail: rare enough, and nothing to keep alive. */
export class MailTransport implements Transport {
  /** Duplicates of a mail carry one Message-ID, and clients show them once. */
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
        // As an object it is one address, whatever it looks like.
        to: { name: '', address: to },
        subject: rendered.subject,
        text: renderText(rendered, 'email'),
        html: renderHtml(rendered),
        date: createdAt,
        messageId: `<${id}@${senderDomain(this.mailFrom)}>`,
        // RFC 3834 §5: vacation responders leave it alone.
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal,
      });
    } catch (error) {
      throw asDeliveryFailure(error);
    }
  }
}

async function connect(url: string, trySeconds: number): Promise<Transporter> {
  /** So many seconds of a try that lasts 45. */
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
  // RFC 5321 §4.2.1: 5yz to the recipient or the content is final. A failed sign-in is the operator's to mend.
  const isFinal =
    (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode !== undefined && responseCode >= 500;
  const reason = { code, response: responseCode };
  return isFinal ? new DeliveryRefused(reason) : new DeliveryFailed(reason);
}
