import { v4 as randomId } from 'uuid';
import {
  british,
  count,
  digits,
  from,
  indian,
  invitation,
  notice,
  otp,
  useSpending,
} from '../../../../test/support/spending.js';
import { until } from '../../../../test/support/until.js';
import type { OtpMessage } from '../outgoing-message.js';

const sms = useSpending();
const TENANT = randomId();

describe('a parallel burst uses up exactly', () => {
  const BURST = 30;
  const block = indian().slice(0, -4);

  it.each([
    ['the budget of the day', { SMS_DAILY_BUDGET: '7' }, 'daily_budget', () => otp(indian())],
    ['the budget of a country', { SMS_COUNTRY_DAILY_BUDGET: '7' }, 'country_budget', () => otp(indian())],
    [
      'the budget of a tenant',
      { SMS_TENANT_DAILY_BUDGET: '7' },
      'tenant_budget',
      () => otp(indian(), { tenantId: TENANT }),
    ],
    [
      'the speed of an address',
      { SMS_ADDRESS_PER_HOUR: '7' },
      'address_limit',
      () => otp(indian(), from('203.0.113.9')),
    ],
    [
      'the budget of invitations',
      { SMS_INVITATION_DAILY_BUDGET: '7' },
      'invitation_budget',
      () => invitation(indian()),
    ],
    [
      'the daily budget of an address',
      { SMS_ADDRESS_PER_DAY: '7' },
      'address_limit',
      () => otp(indian(), from('203.0.113.9')),
    ],
    [
      'the speed of an IPv6 network',
      { SMS_ADDRESS_PER_HOUR: '7' },
      'address_limit',
      () => otp(indian(), from(`2001:db8::${digits(4)}`)),
    ],
    [
      'the speed of a number block',
      { SMS_BLOCK_PER_HOUR: '7' },
      'block_limit',
      (index: number) => otp(`${block}${1000 + index}`),
    ],
  ] as const)('%s', async (_, environment, reason, message) => {
    await sms.open(environment);
    const outcomes = await sms.sendAll(Array.from({ length: BURST }, (_, index) => message(index)));

    expect(count(outcomes, 'sent')).toBe(7);
    expect(count(outcomes, 'withheld')).toBe(BURST - 7);
    const events = await sms.query<object[]>(
      `SELECT DISTINCT action, outcome, detail->>'reason' AS reason FROM audit_events`,
    );
    expect(events).toEqual([{ action: 'message.suppressed', outcome: 'refused', reason }]);
  });

  it('and nothing of another one’s', async () => {
    await sms.open({
      SMS_BLOCK_PER_HOUR: '2',
      SMS_ADDRESS_PER_HOUR: '2',
      SMS_COUNTRY_DAILY_BUDGET: '2',
      SMS_TENANT_DAILY_BUDGET: '1',
    });
    await sms.sendAll([otp(indian(), { tenantId: TENANT }), otp(indian())]);

    expect(await sms.send(otp(indian()))).toBe('withheld');
    expect(await sms.send(otp(british(), { tenantId: TENANT }))).toBe('withheld');
    expect(await sms.send(otp(british(), { tenantId: randomId() }))).toBe('sent');
    expect(await sms.send(otp(british()))).toBe('sent');
  });
});

describe('an SMS whose transaction has not ended', () => {
  it.each([
    ['codes', otp],
    ['invitations', invitation],
    ['notices', notice],
  ] as const)('delays no other in the budgets that everybody shares: %s', async (_, kind) => {
    await sms.open({ SMS_DAILY_BUDGET: '3', SMS_NOTICE_DAILY_BUDGET: '3', SMS_INVITATION_DAILY_BUDGET: '3' });
    const outcomes = await sms.transaction(async (tx) => [
      await sms.messages.send(tx, kind(indian())),
      await sms.send(kind(indian())),
      await sms.send(kind(indian())),
      // It counts already
      await sms.send(kind(indian())),
    ]);

    expect(outcomes).toEqual(['sent', 'sent', 'sent', 'withheld']);
  });

  it('counts no more after a rollback', async () => {
    await sms.open({ SMS_DAILY_BUDGET: '2', SMS_COUNTRY_DAILY_BUDGET: '2' });
    const rollBack = () =>
      sms.transaction(async (tx) => {
        expect(await sms.messages.send(tx, otp(indian()))).toBe('sent');
        throw new Error('rolled back');
      });
    await expect(rollBack()).rejects.toThrow('rolled back');
    await expect(rollBack()).rejects.toThrow('rolled back');

    await until(async () => {
      const [used] = await sms.query<{ sent: number }[]>(
        'SELECT sum(one)::int AS sent FROM sms_spending CROSS JOIN unnest(sent) AS one',
      );
      return used?.sent === 0;
    });
    expect(count(await sms.sendAll([otp(indian()), otp(indian()), otp(indian())]), 'sent')).toBe(2);
  });

  it('takes nothing from the budget of all if the one of its country is used up', async () => {
    await sms.open({ SMS_DAILY_BUDGET: '2', SMS_COUNTRY_DAILY_BUDGET: '1' });
    await sms.sendAll(Array.from({ length: 10 }, () => otp(indian())));

    expect(await sms.send(otp(british()))).toBe('sent');
    expect(await sms.send(otp('+14155550100'))).toBe('withheld');
  });

  it('delays no message that shares no budget with it', async () => {
    await sms.open({});
    const outcomes = await sms.transaction(async (tx) => [
      await sms.messages.send(tx, otp(indian())),
      await sms.send(invitation(indian())),
      await sms.send(notice(indian())),
      await sms.send(otp(`${indian()}@example.com`, { channel: 'email' })),
    ]);

    expect(outcomes).toEqual(['sent', 'sent', 'sent', 'sent']);
  });
});

describe('the budget that a tenant set for itself', () => {
  const tenant = async (budget: number | null) => {
    const id = randomId();
    const sql = 'INSERT INTO tenants (id, slug, name, sms_daily_budget) VALUES ($1, $2, $2, $3)';
    await sms.query(sql, [id, `tenant-${id}`, budget]);
    return id;
  };

  it.each([
    ['replaces the server’s', 3, '7', 3],
    ['never exceeds the server’s', 9, '7', 7],
    ['may be zero', 0, '7', 0],
    ['leaves the server’s where there is none', null, '7', 7],
  ])('%s', async (_, own, configured, sent) => {
    await sms.open({ SMS_TENANT_DAILY_BUDGET: configured });
    const [tenantId, other] = [await tenant(own), await tenant(null)];
    const messages = Array.from({ length: 12 }, () => otp(indian(), { tenantId }));
    expect(count(await sms.sendAll(messages), 'sent')).toBe(sent);
    expect(await sms.send(otp(indian(), { tenantId: other }))).toBe('sent');
    expect(await sms.send(otp(indian()))).toBe('sent');
  });
});

describe('what is withheld', () => {
  it('looks sent to the caller: the next one has to wait, and nobody receives it', async () => {
    await sms.open({ SMS_DAILY_BUDGET: '0', SMS_INTERVAL_SECONDS: '600' });
    const to = indian();

    expect(await sms.send(otp(to))).toBe('withheld');
    expect(await sms.send(otp(to))).toBe('limited');
    expect(await sms.inbox(to)).toEqual([]);
    const [event] = await sms.query<{ row: string }[]>('SELECT a::text AS row FROM audit_events a');
    expect(event?.row).not.toContain(to.slice(3));
  });

  it('throws for a caller whose response would say that it was sent, and a rollback leaves no trace', async () => {
    await sms.open({ SMS_DAILY_BUDGET: '0', SMS_INTERVAL_SECONDS: '600' });
    const sendOrFail = (message: OtpMessage) => sms.transaction((tx) => sms.messages.sendOrFail(tx, message));
    const message = otp(indian());
    const error = { code: 'message_limit_exceeded', options: { retryAfterSeconds: 3600 } };

    await expect(sendOrFail(message)).rejects.toMatchObject(error);
    await expect(sendOrFail(message)).rejects.toMatchObject(error);
    await sms.open({ SMS_COUNTRIES: 'GB' });
    await expect(sendOrFail(message)).rejects.toMatchObject({ code: 'sms_not_available' });
  });

  it('costs nothing', async () => {
    await sms.open({ SMS_DAILY_BUDGET: '1' });
    await sms.sendAll([otp(indian()), otp(indian()), otp(indian())]);
    // Not by full hours: the next hour may begin before the check
    await sms.query(`UPDATE sms_spending SET latest = now() - interval '24 hours 45 minutes'`);
    expect(await sms.send(otp(indian()))).toBe('withheld');
    await sms.query(`UPDATE sms_spending SET latest = latest - interval '15 minutes'`);

    expect(await sms.send(otp(indian()))).toBe('sent');
  });
});
