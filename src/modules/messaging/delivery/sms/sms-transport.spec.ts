import { jest } from '@jest/globals';
import { inSeconds } from '../../../../../test/support/clock.js';
import {
  type Behaviour,
  SmsProviderStandIn,
  WEBHOOK_SECRET,
} from '../../../../../test/support/sms-provider.js';
import { loadConfig } from '../../../../config/config.js';
import { type Delivery, DeliveryFailed, DeliveryRefused, DeliveryUnanswered } from '../transport.js';
import { SmsTransport } from './sms-transport.js';

const provider = new SmsProviderStandIn();
/** A message that expires in fifty minutes. */
const fresh = (): Delivery => ({
  id: '0193b5a0-0000-7000-8000-000000000000',
  to: '+919876543210',
  rendered: {
    subject: '',
    sender: '',
    paragraphs: ['048213 is your code.\n@app.example.com #048213'],
    closing: '',
  },
  createdAt: inSeconds(0),
  expiresAt: inSeconds(3_000),
  remainingMs: 3_000_000,
});
/** Its timeout is long enough for every response. */
const transportTo = (SMS_URL: string, SMS_TIMEOUT_SECONDS = '500'): SmsTransport => {
  const transport = SmsTransport.from(
    loadConfig({ SMS_URL, SMS_WEBHOOK_SECRET: WEBHOOK_SECRET, SMS_TIMEOUT_SECONDS }),
  );
  if (!transport) throw new Error('No transport');
  return transport;
};
const deliver = (
  transport: SmsTransport,
  {
    delivery = fresh(),
    signal = new AbortController().signal,
  }: { delivery?: Delivery; signal?: AbortSignal } = {},
) => transport.deliver(delivery, signal);
const outcomeOf = async (behaviour: Behaviour): Promise<unknown> => {
  provider.behave = () => behaviour;
  const isAnswered = behaviour !== 'accept-and-hang';
  const transport = transportTo(provider.twilioUrl, isAnswered ? '500' : '1');
  const outcome = await deliver(transport).catch((error: unknown) => error);
  // If the machine stood still before the request, the time was up before the service received it
  return provider.requests === 0 ? outcomeOf(behaviour) : outcome;
};

beforeAll(() => provider.listen());
afterAll(() => provider.close());
beforeEach(() => {
  provider.behave = () => 'accept';
  provider.accepted.length = 0;
  provider.requests = 0;
});
afterEach(() => {
  jest.restoreAllMocks();
  expect(provider.faults).toEqual([]);
});

describe('SmsTransport', () => {
  it("speaks Twilio's API", async () => {
    const delivery = fresh();
    await deliver(transportTo(provider.twilioUrl), { delivery });

    const [sms] = provider.accepted;
    const { ValidityPeriod, ...form } = sms?.form ?? {};
    expect(form).toEqual({
      To: '+919876543210',
      From: '+15550001111',
      Body: delivery.rendered.paragraphs[0],
    });
    expect(ValidityPeriod).toBe('3000');
  });

  it('signs its requests to a webhook, with the same id at each try', async () => {
    const transport = transportTo(provider.webhookUrl);
    const delivery = fresh();
    await deliver(transport, { delivery });
    await deliver(transport, { delivery });

    expect(provider.accepted.map(({ id }) => id)).toEqual([delivery.id, delivery.id]);
    expect(provider.accepted[0]?.form).toEqual({
      id: delivery.id,
      to: '+919876543210',
      text: delivery.rendered.paragraphs[0],
      createdAt: delivery.createdAt.toISOString(),
      expiresAt: delivery.expiresAt.toISOString(),
    });
  });

  it.each([
    ['rejects for good', 400, DeliveryRefused, { code: '21211', response: 400 }],
    ['fails', 500, DeliveryFailed, { code: '21211', response: 500 }],
    ['limits the requests', 429, DeliveryFailed, { code: '21211', response: 429 }],
    ['rejects the credentials', 401, DeliveryFailed, { code: '21211', response: 401 }],
    ['redirects', 'redirect', DeliveryFailed, { code: undefined, response: 307 }],
    ['accepts it and does not answer', 'accept-and-hang', DeliveryUnanswered, { code: 'ETIMEDOUT' }],
    ['times out in between', 504, DeliveryUnanswered, { code: '21211', response: 504 }],
  ] as const)('throws the right error for a service that %s', async (_, behaviour, kind, reason) => {
    const error = await outcomeOf(behaviour);

    expect(error).toBeInstanceOf(kind);
    expect((error as object).constructor).toBe(kind);
    expect((error as DeliveryFailed).reason).toEqual(reason);
    expect(JSON.stringify(error) + String(error)).not.toContain(fresh().to);
    expect(provider.requests).toBe(1);
  });

  it('distinguishes a service that cannot be reached from one that does not answer', async () => {
    const elsewhere = new SmsProviderStandIn();
    await elsewhere.listen();
    const transport = transportTo(elsewhere.twilioUrl);
    await elsewhere.close();

    const error = await deliver(transport).catch((failure: unknown) => failure);
    expect((error as object).constructor).toBe(DeliveryFailed);
    expect((error as DeliveryFailed).reason).toEqual({ code: 'ECONNREFUSED' });
  });

  it('stops admitting calls after five failures of the service in a row, but not for rejected messages', async () => {
    // The breaker stays open for a few seconds of this clock
    jest.spyOn(Date, 'now').mockReturnValue(inSeconds(0).getTime());
    const transport = transportTo(provider.twilioUrl);
    const failWith = async (behaviour: Behaviour, times: number) => {
      provider.behave = () => behaviour;
      for (let count = 0; count < times; count += 1) await deliver(transport).catch(() => undefined);
    };
    const abortWhileItHangs = async () => {
      const stop = new AbortController();
      provider.behave = () => {
        stop.abort();
        return 'hang';
      };
      await deliver(transport, { signal: stop.signal }).catch(() => undefined);
      expect(stop.signal.aborted).toBe(true);
    };

    await failWith(400, 6);
    for (let count = 0; count < 6; count += 1) await abortWhileItHangs();
    await failWith(500, 4);
    expect(transport.capacity(2)).toBe(6);
    await failWith(503, 1);
    expect(transport.capacity(0)).toBe(0);
  });
});
