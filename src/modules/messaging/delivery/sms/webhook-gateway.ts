import { createHmac } from 'node:crypto';
import { renderText } from '../../templates/plain-text.js';
import type { Delivery } from '../transport.js';
import type { GatewayRequest, SmsGateway } from './sms-gateway.js';

/**
 * An endpoint of the operator's own. The body is `{id, to, text, createdAt, expiresAt}`; `id`, in `Idempotency-Key`
 * too, is the same at every try. `Gatehouse-Signature: t=<Unix seconds>,v1=<hex>` holds the HMAC-SHA-256, under
 * SMS_WEBHOOK_SECRET, of `<Unix seconds>.<body as sent>`. Any 2xx takes the message over.
 */
export class WebhookGateway implements SmsGateway {
  constructor(
    private readonly url: string,
    private readonly secret: string,
  ) {}

  compose({ id, to, rendered, createdAt, expiresAt }: Delivery): GatewayRequest {
    const body = JSON.stringify({ id, to, text: renderText(rendered, 'sms'), createdAt, expiresAt });
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': id,
      'gatehouse-signature': signWebhook(this.secret, Math.floor(Date.now() / 1000), body),
    };
    return { url: this.url, headers, body };
  }
}

/** The signature of a body sent at this time, in Unix seconds. */
function signWebhook(secret: string, timestamp: number, body: string): string {
  const mac = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return `t=${timestamp},v1=${mac}`;
}
