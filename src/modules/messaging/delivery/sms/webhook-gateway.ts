import { createHmac } from 'node:crypto';
import { renderText } from '../../templates/plain-text.js';
import type { Delivery } from '../transport.js';
import type { GatewayRequest, SmsGateway } from './sms-gateway.js';

/**
 * Sends SMS to the operator's own endpoint. The body is `{id, to, text, createdAt, expiresAt}`. `id` is the same for
 * every try, and is also sent as `Idempotency-Key`. `Gatehouse-Signature: t=<Unix seconds>,v1=<hex>` contains the
 * HMAC-SHA-256 of `<Unix seconds>.<body as sent>` with the key SMS_WEBHOOK_SECRET. Any 2xx response accepts the
 * message.
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
