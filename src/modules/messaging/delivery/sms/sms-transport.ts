import type { Config } from '../../../../config/config.js';
import {
  type Delivery,
  DeliveryFailed,
  DeliveryRefused,
  DeliveryUnanswered,
  type Transport,
} from '../transport.js';
import { callFailure } from './call-failure.js';
import { CircuitBreaker } from './circuit-breaker.js';
import type { SmsGateway } from './sms-gateway.js';
import { TwilioGateway } from './twilio-gateway.js';
import { WebhookGateway } from './webhook-gateway.js';

const PARALLEL = 8;
/** Statuses that reject the message itself, rather than report a failing service or wrong credentials of ours. */
const FINAL = new Set([400, 410, 413, 422]);
/** Request Timeout and Gateway Timeout (RFC 9110 §15.5.9, §15.6.5): the service may have accepted the message. */
const TIMED_OUT = new Set([408, 504]);
const MAX_ERROR_BODY = 4_096;

/** Sends SMS through an HTTP service. Does not follow redirects, which would send the code to another server. */
export class SmsTransport implements Transport {
  private readonly breaker = new CircuitBreaker();

  constructor(
    private readonly gateway: SmsGateway,
    private readonly timeoutMs: number,
  ) {}

  static from({ SMS_URL, SMS_WEBHOOK_SECRET, SMS_TIMEOUT_SECONDS }: Config): SmsTransport | null {
    if (!SMS_URL) return null;
    const gateway =
      SMS_URL.kind === 'twilio'
        ? new TwilioGateway(SMS_URL)
        : new WebhookGateway(SMS_URL.url, SMS_WEBHOOK_SECRET ?? '');
    return new SmsTransport(gateway, SMS_TIMEOUT_SECONDS * 1000);
  }

  capacity(underway: number): number {
    return this.breaker.admits(PARALLEL - underway, underway);
  }

  async deliver(delivery: Delivery, signal: AbortSignal): Promise<void> {
    try {
      await this.call(delivery, signal);
      this.breaker.succeeded();
    } catch (error) {
      if (error instanceof DeliveryRefused) this.breaker.succeeded();
      // If the message expired during the try, the abort is no failure of the service
      else if (!signal.aborted) this.breaker.failed();
      throw error;
    }
  }

  private async call(delivery: Delivery, signal: AbortSignal): Promise<void> {
    const { url, headers, body } = this.gateway.compose(delivery);
    const callSignal = AbortSignal.any([signal, AbortSignal.timeout(this.timeoutMs)]);
    const request: RequestInit = { method: 'POST', headers, body, redirect: 'manual', signal: callSignal };
    const response = await fetch(url, request).catch((error: unknown) => {
      throw callFailure(error);
    });
    const code = response.ok ? undefined : await errorCode(response);
    await response.body?.cancel().catch(() => undefined);
    if (response.ok) return;
    const reason = { code, response: response.status };
    if (FINAL.has(response.status)) throw new DeliveryRefused(reason);
    throw TIMED_OUT.has(response.status) ? new DeliveryUnanswered(reason) : new DeliveryFailed(reason);
  }
}

/**
 * The numeric error code of Twilio and compatible services. Nothing else of the body, which may contain the recipient.
 */
async function errorCode(response: Response): Promise<string | undefined> {
  try {
    const text = await response.text();
    const { code } = JSON.parse(text.slice(0, MAX_ERROR_BODY)) as { code?: unknown };
    return Number.isSafeInteger(code) ? String(code) : undefined;
  } catch {
    return undefined;
  }
}
