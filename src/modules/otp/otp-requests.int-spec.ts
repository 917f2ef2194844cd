import { randomInt } from 'node:crypto';
import { jest } from '@jest/globals';
import { burst, countBy } from '../../../test/support/burst.js';
import { useCore } from '../../../test/support/core.js';
import { untilWaitedFor } from '../../../test/support/locks.js';
import { OtpModule } from './otp.module.js';
import { OtpService } from './otp.service.js';
import { OtpChallengesRepository } from './otp-challenges.repository.js';

const BURST = 30;
const MANY = '1000000';
const WIDE_OPEN = {
  THROTTLE_ENABLED: 'true',
  SMS_BLOCK_PER_HOUR: MANY,
  SMS_ADDRESS_PER_HOUR: MANY,
  SMS_ADDRESS_PER_DAY: MANY,
  SMS_DAILY_BUDGET: MANY,
  SMS_COUNTRY_DAILY_BUDGET: MANY,
  SMS_HOLD_AFTER: MANY,
};

/** Each in a block of numbers of its own. */
let last = randomInt(100_000);
const indian = () =>
  `+9198${String((last += 1))
    .padStart(6, '0')
    .slice(-4)}${String(last).padStart(4, '0').slice(-4)}`;
const block = `+9197${String(randomInt(10_000)).padStart(4, '0')}`;

describe.each([
  ['the budget of the day', 'daily_budget', { SMS_DAILY_BUDGET: '7' }, indian],
  ['the budget of a country', 'country_budget', { SMS_COUNTRY_DAILY_BUDGET: '7' }, indian],
  [
    'the speed of a number block',
    'block_limit',
    { SMS_BLOCK_PER_HOUR: '7' },
    (index: number) => `${block}${1000 + index}`,
  ],
  [
    'the ratio of verified codes',
    'verification_ratio',
    { SMS_HOLD_AFTER: '7' },
    (index: number) => `${block}${2000 + index}`,
  ],
] as const)('a burst of requests uses up exactly %s', (_, reason, settings, number) => {
  const core = useCore([OtpModule], { ...WIDE_OPEN, ...settings });

  it('and what is over it leaves a challenge without a code, and an event', async () => {
    await core.query('TRUNCATE messages, audit_events, sms_spending, sms_alerts, otp_challenges');
    const request = (index: number) =>
      core
        .get(OtpService)
        .request({ purpose: 'sign-in', identifier: { kind: 'phone', value: number(index) } }, core.origin());
    const outcomes = await burst(BURST, request);
    expect(countBy(outcomes, (outcome) => outcome)).toEqual({ sent: 7, withheld: BURST - 7 });
    const [rows] = await core.query(`
      SELECT (SELECT count(*)::int FROM otp_challenges WHERE code_hash IS NOT NULL) AS codes,
        (SELECT count(*)::int FROM otp_challenges WHERE code_hash IS NULL) AS empty,
        (SELECT count(*)::int FROM messages WHERE status = 'withheld' AND payload_encrypted IS NULL) AS withheld,
        (SELECT count(*)::int FROM audit_events WHERE action = 'otp.requested' AND outcome = 'success') AS requested,
        (SELECT count(*)::int FROM audit_events WHERE action = 'message.suppressed' AND detail->>'reason' = '${reason}'
           AND detail->>'country' = 'IN') AS suppressed`);
    const over = BURST - 7;
    expect(rows).toEqual({ codes: 7, empty: over, withheld: over, requested: BURST, suppressed: over });
    // What was withheld is counted nowhere
    const [counted] = await core.query<{ most: number }>(
      'SELECT max(total)::int AS most FROM (SELECT sum(one) AS total FROM sms_spending CROSS JOIN unnest(sent) AS one GROUP BY scope) AS totals',
    );
    expect(counted?.most).toBe(7);
  });
});

describe('requests of codes', () => {
  const core = useCore([OtpModule], WIDE_OPEN);
  const request = (value: string) =>
    core.get(OtpService).request({ purpose: 'sign-in', identifier: { kind: 'phone', value } }, core.origin());

  /** A number that may be sent another code, whose challenge the connection of the test has locked. */
  const lockedChallenge = async () => {
    const phone = indian();
    expect(await request(phone)).toBe('sent');
    await core.pass(3_600);
    await core.query('BEGIN');
    await core.query('SELECT 1 FROM otp_challenges FOR UPDATE');
    return phone;
  };

  it('for one number at once send one code, which stays valid', async () => {
    const phone = indian();
    const outcomes = await burst(20, () => request(phone));
    expect(countBy(outcomes, (outcome) => outcome)).toEqual({ sent: 1, limited: 19 });
    const { code = '' } = await core.latest(phone, 'otp');
    const subject = { purpose: 'sign-in', identifier: { kind: 'phone', value: phone } } as const;
    await expect(core.get(OtpService).verify(subject, code, core.origin())).resolves.toHaveProperty(
      'challengeId',
    );
  });

  it('that wait for a challenge hold no budget that others share', async () => {
    const phone = await lockedChallenge();
    const waiting = request(phone);
    await untilWaitedFor(core.database);
    expect(await request(indian())).toBe('sent');
    await core.query('COMMIT');
    expect(await waiting).toBe('sent');
  });

  it('at the same time share statements, and leave one challenge, message and event each', async () => {
    await core.query('TRUNCATE messages, audit_events, sms_spending, otp_challenges');
    const requestAll = jest.spyOn(core.get(OtpChallengesRepository), 'requestAll');
    const outcomes = await Promise.all(Array.from({ length: BURST }, () => request(indian())));
    expect(countBy(outcomes, (outcome) => outcome)).toEqual({ sent: BURST });
    // A statement takes 32
    expect(requestAll.mock.calls.length).toBeLessThan(BURST / 2);
    requestAll.mockRestore();
    const [rows] = await core.query(`
      SELECT (SELECT count(*)::int FROM otp_challenges WHERE code_hash IS NOT NULL) AS codes,
        (SELECT count(*)::int FROM messages) AS messages, (SELECT count(*)::int FROM audit_events) AS events,
        (SELECT sum(one)::int FROM sms_spending CROSS JOIN unnest(sent) AS one WHERE scope = 'country:IN') AS country`);
    expect(rows).toEqual({ codes: BURST, messages: BURST, events: BURST, country: BURST });
  });

  it('do not fail for one that PostgreSQL refuses', async () => {
    const refused = core
      .get(OtpService)
      .request(
        { purpose: 'sign-in', identifier: { kind: 'phone', value: indian() } },
        { ...core.origin(), userAgent: 'no\0text' },
      );
    const ends = await Promise.allSettled([request(indian()), refused, request(indian())]);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('do not wait for one whose recipient somebody has locked', async () => {
    const phone = await lockedChallenge();
    const waiting = request(phone);
    expect(await Promise.all([request(indian()), request(indian())])).toEqual(['sent', 'sent']);
    await untilWaitedFor(core.database);
    await core.query('COMMIT');
    expect(await waiting).toBe('sent');
  });
});
