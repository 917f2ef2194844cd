import type { SmsProvider } from '../../../../config/sms-provider.js';
import { renderText } from '../../templates/plain-text.js';
import type { Delivery } from '../transport.js';
import type { GatewayRequest, SmsGateway } from './sms-gateway.js';

/** Ten hours: Twilio's maximum and default. */
const MAX_VALIDITY_SECONDS = 36_000;

/** Twilio's Programmable Messaging API, version 2010-04-01, and compatible services. */
export class TwilioGateway implements SmsGateway {
  private readonly url: string;
  private readonly authorization: string;
  private readonly sender: Record<string, string>;

  constructor({ baseUrl, accountSid, authToken, from }: Extract<SmsProvider, { kind: 'twilio' }>) {
    this.url = `${baseUrl}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Messages.json`;
    this.authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
    this.sender = from.startsWith('MG') ? { MessagingServiceSid: from } : { From: from };
  }

  /** The API has no idempotency key. Twilio drops a message that it cannot send within the validity period. */
  compose({ to, rendered, remainingMs }: Delivery): GatewayRequest {
    const seconds = Math.floor(remainingMs / 1000);
    const form = new URLSearchParams({
      To: to,
      ...this.sender,
      Body: renderText(rendered, 'sms'),
      ValidityPeriod: String(Math.min(Math.max(seconds, 1), MAX_VALIDITY_SECONDS)),
    });
    return {
      url: this.url,
      headers: { authorization: this.authorization, 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    };
  }
}
