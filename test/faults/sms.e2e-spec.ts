import { Phones, uniquePhone } from '../support/phone.js';
import type { Settings } from '../support/server.js';
import { type Behaviour, SmsProviderStandIn, WEBHOOK_SECRET } from '../support/sms-provider.js';
import { TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';
import { useWarmProcess } from '../support/warm-process.js';

const TEST_NUMBER = '+919876543210';

const warm = useWarmProcess();

/** A server whose SMS are sent to a service of this file. */
function createSmsApp(settings: Settings): { t: TestApp; phones: Phones; provider: SmsProviderStandIn } {
  const t = new TestApp();
  const provider = new SmsProviderStandIn();
  beforeAll(async () => {
    await provider.listen();
    const common = { APP_URL: 'https://app.example.com' };
    const service = { SMS_URL: provider.twilioUrl, SMS_WEBHOOK_SECRET: WEBHOOK_SECRET };
    await t.start({ ...service, ...common, ...settings }, undefined, (all) => warm.serve(all));
  });
  afterAll(async () => {
    await t.stop();
    await provider.close();
    expect(provider.faults).toEqual([]);
  });
  return { t, phones: new Phones(t), provider };
}

describe('codes by SMS', () => {
  const { t, phones, provider } = createSmsApp({
    OTP_TEST_NUMBERS: `${TEST_NUMBER}:123456`,
    SMS_TIMEOUT_SECONDS: '500',
  });
  const codeIn = (text: string | undefined) => /#(\d{6})$/.exec(text ?? '')?.[1] ?? '';

  it('arrive while the service fails, at most twice, with the right code', async () => {
    const moods: Behaviour[][] = [
      [],
      [500],
      ['accept-and-break'],
      [429],
      ['break'],
      [{ acceptAfterMs: 200 }],
    ];
    const numbers = Array.from({ length: 18 }, uniquePhone);
    const left = new Map(numbers.map((to, index) => [to, [...(moods[index % moods.length] ?? [])]]));
    provider.behave = (to) => left.get(to)?.shift() ?? 'accept';

    const replies = await Promise.all(numbers.map((to) => phones.request(to)));
    expect(replies.map(({ status }) => status)).toEqual(numbers.map(() => 200));
    await until(async () => {
      // Spares the test the wait before another try
      await t.database.query(
        `UPDATE messages SET next_try_at = now()
         WHERE status = 'queued' AND leased_until IS NULL AND next_try_at > now()`,
      );
      return numbers.every((to) => provider.to(to).length > 0 && left.get(to)?.length === 0);
    });

    for (const to of numbers) {
      const [first, ...others] = provider.to(to);
      expect(others.length).toBeLessThanOrEqual(1);
      for (const other of others) expect(other.text).toBe(first?.text);
      const verified = await phones.verify(to, codeIn(first?.text));
      expect(verified.body).toMatchObject({ verified: true, isNewUser: true });
    }
  });

  it('name the configured domain, whatever host the request names', async () => {
    provider.behave = () => 'accept';
    const to = uniquePhone();
    const evil = {
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example',
      'x-forwarded-proto': 'http',
    };
    await t.client().post('/auth/otp/request', { phone: to }, { headers: { host: 'evil.example', ...evil } });
    await until(() => provider.to(to).length > 0);

    expect(provider.to(to)[0]?.text).toMatch(/^[^\n]+\n@app\.example\.com #\d{6}$/);
  });

  it('are not sent to a test number, and appear in the inbox', async () => {
    const recipients = () => new Set(provider.accepted.map(({ to }) => to));
    const before = recipients();
    await phones.request(TEST_NUMBER);
    const to = uniquePhone();
    await phones.request(to);
    await until(() => provider.to(to).length > 0);

    expect(await phones.code(TEST_NUMBER)).toBe('123456');
    expect(recipients()).toEqual(new Set([...before, to]));
  });
});

describe('what strangers can spend', () => {
  const { t, phones, provider } = createSmsApp({
    THROTTLE_ENABLED: 'true',
    SMS_DAILY_BUDGET: '5',
    SMS_TIMEOUT_SECONDS: '500',
  });
  const served = () => new Set(provider.accepted.map(({ to }) => to));

  it('is limited exactly, whatever addresses they use, and no response reveals it', async () => {
    const numbers = Array.from({ length: 25 }, uniquePhone);
    const replies = await Promise.all(numbers.map((to) => phones.request(to)));
    await until(() => served().size >= 5);

    expect(served().size).toBe(5);
    // A request whose response came too late is repeated, once
    for (const to of served()) expect(provider.to(to).length).toBeLessThanOrEqual(2);

    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    const [{ withheld }] = (await t.database.query<{ withheld: number }>(
      `SELECT count(*)::int AS withheld FROM audit_events
       WHERE action = 'message.suppressed' AND detail->>'reason' = 'daily_budget'`,
    )) as [{ withheld: number }];
    expect(withheld).toBe(20);
    const shown = await Promise.all(numbers.map((to) => t.inbox.messages(to)));
    expect(shown.flat()).toHaveLength(5);
  });
});
