import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { PATIENT_SERVER } from './patient-server.js';

/** An SMS that the service accepted. Whatever it answers after that, it is delivered. */
export interface AcceptedSms {
  to: string;
  text: string;
  /** The message's own id, where the API has a field for it. */
  id: string | null;
  form: Record<string, string>;
}

/**
 * The handling of one request: accepted at once or after a while, refused with a status (and not accepted), accepted
 * and never answered, not accepted and never answered, or either with a connection that breaks before the answer.
 */
export type Behaviour =
  | 'accept'
  | 'accept-and-hang'
  | 'hang'
  | 'accept-and-break'
  | 'break'
  | 'redirect'
  | number
  | { acceptAfterMs: number };

const ACCOUNT_SID = 'AC00000000000000000000000000000000';
const AUTH_TOKEN = 'stand-in-token';
export const WEBHOOK_SECRET = 'stand-in-secret-of-32-characters!';

/** A small SMS service that speaks Twilio's API and accepts signed webhooks, and fails as configured. */
export class SmsProviderStandIn {
  readonly accepted: AcceptedSms[] = [];
  /** Requests that were received, whatever happened to them. */
  requests = 0;
  /** The faults of requests that were invalid: none, in the end. */
  readonly faults: string[] = [];
  behave: (to: string) => Behaviour = () => 'accept';
  private readonly server = createServer(PATIENT_SERVER, (request, response) => {
    void this.answer(request, response).catch(() => response.destroy());
  });

  async listen(port = 0): Promise<void> {
    await new Promise<void>((listening) => this.server.listen(port, '127.0.0.1', () => listening()));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    if (this.server.listening) await new Promise((closed) => this.server.close(closed));
  }

  get twilioUrl(): string {
    return `twilio+http://${ACCOUNT_SID}:${AUTH_TOKEN}@127.0.0.1:${this.port}?from=+15550001111`;
  }

  get webhookUrl(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  to(recipient: string): AcceptedSms[] {
    return this.accepted.filter(({ to }) => to === recipient);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    const body = await text(request);
    const sms = request.url === '/hook' ? this.readWebhook(request, body) : this.readTwilio(request, body);
    if (typeof sms === 'string') {
      this.faults.push(sms);
      return reply(response, 401, { code: 20_003 });
    }
    const behaviour = this.behave(sms.to);
    if (behaviour === 'hang') return;
    if (behaviour === 'break') return void response.destroy();
    if (behaviour === 'redirect') return reply(response, 307, {}, { location: '/elsewhere' });
    if (typeof behaviour === 'number') return reply(response, behaviour, { code: 21_211, message: sms.to });
    if (typeof behaviour === 'object') await delay(behaviour.acceptAfterMs);
    this.accepted.push(sms);
    if (behaviour === 'accept-and-break') response.destroy();
    else if (behaviour !== 'accept-and-hang')
      reply(response, 201, { sid: 'SM0', status: 'queued', to: sms.to });
  }

  private readTwilio(request: IncomingMessage, body: string): AcceptedSms | string {
    const { authorization } = request.headers;
    const expected = Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64');
    const form = Object.fromEntries(new URLSearchParams(body));
    if (request.method !== 'POST') return `method ${request.method}`;
    if (request.url !== `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`) return `path ${request.url}`;
    if (authorization !== `Basic ${expected}`) return 'authorization';
    if (!request.headers['content-type']?.startsWith('application/x-www-form-urlencoded'))
      return 'content type';
    if (!form.To || !form.From || !form.Body) return `form ${Object.keys(form).join()}`;
    return { to: form.To, text: form.Body, id: null, form };
  }

  private readWebhook(request: IncomingMessage, body: string): AcceptedSms | string {
    const { 'gatehouse-signature': signature, 'idempotency-key': key } = request.headers;
    const [, time = '', mac = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(signature)) ?? [];
    const expected = createHmac('sha256', WEBHOOK_SECRET).update(`${time}.${body}`).digest();
    const given = Buffer.from(mac, 'hex');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'signature';
    if (Math.abs(Date.now() / 1000 - Number(time)) > 600) return 'timestamp';
    const form = JSON.parse(body) as Record<string, string>;
    if (form.id !== key) return 'idempotency key';
    return { to: form.to ?? '', text: form.text ?? '', id: form.id ?? null, form };
  }
}

function reply(response: ServerResponse, status: number, body: object, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
