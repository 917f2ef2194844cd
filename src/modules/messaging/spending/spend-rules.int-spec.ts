import { recordStatements } from '../../../../test/support/recorded-statements.js';
import {
  address,
  british,
  count,
  from,
  indian,
  invitation,
  notice,
  otp,
  useSpending,
  WIDE_OPEN,
} from '../../../../test/support/spending.js';
import type { SendOutcome } from '../messages.service.js';
import type { NoticeEvent } from '../outgoing-message.js';

const sms = useSpending();

describe('the allow-list of countries', () => {
  it('blocks every SMS in production unless it is set', async () => {
    const production = {
      NODE_ENV: 'production',
      PUBLIC_URL: 'https://id.example.com',
      APP_URL: 'https://app.example.com',
      SMTP_URL: 'none',
    };
    await sms.open(production);
    expect(await sms.send(otp(indian()))).toBe('withheld');
    await sms.open({ ...production, SMS_COUNTRIES: 'IN' });
    expect(await sms.send(otp(indian()))).toBe('sent');
  });

  it('applies if throttling is off, and distinguishes countries with the same calling code', async () => {
    await sms.open({ SMS_COUNTRIES: 'IN,US', THROTTLE_ENABLED: 'false' });
    const outcomes = await sms.sendAll(
      ['+14155550100', '+18765550100', british(), '+883510001234567'].map((to) => otp(to)),
    );

    expect(outcomes).toEqual(['sent', 'withheld', 'withheld', 'withheld']);
  });
});

describe('a number block whose codes are not used', () => {
  const inBlock = (block: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${block}${1000 + index}`);

  it('is held until enough of them are used, and no other block of its country with it', async () => {
    await sms.open({ SMS_HOLD_AFTER: '10', SMS_HOLD_BELOW_PERCENT: '20' });
    const numbers = inBlock('+91981111', 10);
    await sms.sendAll(numbers.map((to) => otp(to)));
    expect(await sms.send(otp('+919811119999'))).toBe('withheld');
    expect(await sms.send(otp('+919811129999'))).toBe('sent');
    expect(await sms.send(otp(british()))).toBe('sent');

    await sms.verified(numbers[0] ?? '');
    expect(await sms.send(otp('+919811118888'))).toBe('withheld');
    await sms.verified(numbers[1] ?? '');
    expect(await sms.send(otp('+919811117777'))).toBe('sent');
  });

  it('is held for codes only, and not for requests from an address where the account signed in', async () => {
    await sms.open({ SMS_HOLD_AFTER: '2', SMS_BLOCK_PER_HOUR: '2' });
    await sms.sendAll(inBlock('+91981111', 2).map((to) => otp(to)));

    expect(await sms.send(otp('+919811119999'))).toBe('withheld');
    expect(await sms.send(otp('+919811118888', { fromKnownAddress: true }))).toBe('sent');
    expect(await sms.send(invitation('+919811117777'))).toBe('sent');
    expect(await sms.send(notice('+919811116666'))).toBe('sent');
  });
});

describe('five addresses that send requests for a day', () => {
  it('do not use up the budget of a country, whatever numbers they choose', async () => {
    await sms.start({});
    const crowd = Array.from({ length: 5 }, address);
    const outcomes: SendOutcome[] = [];
    for (let hour = 0; hour < 24; hour += 1) {
      // Numbers of many blocks: few blocks would be held or limited, and the attack would be weaker
      const tries = crowd.flatMap((one) => Array.from({ length: 11 }, () => otp(indian(), from(one))));
      // In the hours between, each has reached its limit of the day
      if (hour < 7 || hour > 21) outcomes.push(...(await sms.sendAll(tries)));
      await sms.query(`UPDATE messages SET created_at = created_at - interval '1 hour'`);
      await sms.query(`UPDATE sms_spending SET latest = latest - interval '1 hour'`);
    }

    // Windows are 24 hours: the first hour has left the window when the last one begins
    expect(count(outcomes, 'sent')).toBeLessThanOrEqual(5 * 40 + 5 * 10);
    expect(await sms.send(otp(indian()))).toBe('sent');
    expect(await sms.sendAll(Array.from({ length: 50 }, () => otp(indian())))).not.toContain('withheld');
  });
});

describe('codes, invitations and notices', () => {
  const kinds = { code: (to: string) => otp(to), invitation, notice };
  const pairs = (['code', 'invitation', 'notice'] as const).flatMap((spender) =>
    (['code', 'invitation', 'notice'] as const)
      .filter((other) => other !== spender)
      .map((other) => [spender, other] as const),
  );

  it.each(pairs)('have separate budgets: a %s does not use up those of a %s', async (spender, other) => {
    await sms.open({
      SMS_DAILY_BUDGET: '2',
      SMS_INVITATION_DAILY_BUDGET: '2',
      SMS_NOTICE_DAILY_BUDGET: '2',
      SMS_COUNTRY_DAILY_BUDGET: '2',
      SMS_BLOCK_PER_HOUR: '2',
    });
    const numbers = Array.from({ length: 8 }, (_, index) => `+91981111100${index}`);
    await Promise.all(numbers.map((to) => sms.send(kinds[spender](to))));
    expect(await sms.send(kinds[spender]('+919811111009'))).toBe('withheld');
    expect(await sms.send(kinds[other]('+919811111009'))).toBe('sent');
  });

  it('have budgets that a burst uses up exactly; withheld notices are not in the audit trail', async () => {
    await sms.open({ SMS_NOTICE_DAILY_BUDGET: '7' });
    const outcomes = await sms.sendAll(Array.from({ length: 20 }, () => notice(indian())));
    expect([count(outcomes, 'sent'), count(outcomes, 'withheld')]).toEqual([7, 13]);
    expect(await sms.query('SELECT 1 FROM audit_events')).toEqual([]);
  });

  it('never cost more than SMS_DAILY_BUDGET each', async () => {
    await sms.open({ SMS_DAILY_BUDGET: '1', SMS_INVITATION_DAILY_BUDGET: '9', SMS_NOTICE_DAILY_BUDGET: '9' });
    for (const kind of Object.values(kinds)) {
      expect(await sms.send(kind(indian()))).toBe('sent');
      expect(await sms.send(kind(indian()))).toBe('withheld');
    }
  });

  it('limit notices by SMS to one number, per event and in total', async () => {
    await sms.open({ SMS_NOTICES_PER_DAY: '5' });
    const to = indian();
    const burst = (event: NoticeEvent) =>
      Promise.all(Array.from({ length: 10 }, () => sms.send(notice(to, event))));
    expect(count(await burst('password_changed'), 'sent')).toBe(2);
    expect(count(await burst('phone_changed'), 'sent')).toBe(2);
    expect(count(await burst('api_key_created'), 'sent')).toBe(1);
    expect(await sms.send(otp(to))).toBe('sent');
  });
});

describe('without throttling', () => {
  it('no budget, rate or hold applies', async () => {
    const none = Object.fromEntries(Object.keys(WIDE_OPEN).map((name) => [name, '1']));
    await sms.open({ ...none, THROTTLE_ENABLED: 'false' });
    const to = indian();

    expect(await sms.sendAll([otp(to), otp(to), otp(to)])).toEqual(['sent', 'sent', 'sent']);
  });
});

describe('a test number', () => {
  it('uses no budget, has no limit, and gets its messages in the development inbox', async () => {
    const to = '+919876543210';
    await sms.open({ OTP_TEST_NUMBERS: `${to}:123456`, SMS_DAILY_BUDGET: '0', SMS_COUNTRIES: 'GB' });

    expect(await sms.sendAll([otp(to), otp(to), otp(to)])).toEqual(['sent', 'sent', 'sent']);
    expect(await sms.inbox(to)).toHaveLength(3);
  });
});

describe('a suppressed SMS', () => {
  it('runs the statements of a sent one, and charges the same budgets', async () => {
    const statements = async (act: 'send' | 'suppress') => {
      await sms.query('TRUNCATE messages, sms_spending');
      await sms.open({ SMS_DAILY_BUDGET: '1' });
      return sms.transaction(async (tx) => {
        const run = recordStatements(tx);
        const outcomes = [
          await sms.messages[act](tx, otp('+919811111111')),
          await sms.messages[act](tx, otp('+919822222222')),
        ];
        return { run, outcomes };
      });
    };

    const noise = await statements('suppress');
    expect(noise.outcomes).toEqual(['sent', 'withheld']);
    expect(await statements('send')).toEqual(noise);
  });

  it.each(['send', 'suppress'] as const)(
    'leaves as much of every budget as one that is sent: %s',
    async (act) => {
      await sms.open({ SMS_DAILY_BUDGET: '2', SMS_BLOCK_PER_HOUR: '2', SMS_HOLD_AFTER: '2' });
      await sms.send(otp('+919811111111'), act);
      await sms.send(otp('+919811112222'), act);
      expect(await sms.send(otp('+919811113333'))).toBe('withheld');
      expect(await sms.send(otp(british()))).toBe('withheld');
      const reasons = await sms.query(`SELECT detail->>'reason' AS reason FROM audit_events ORDER BY 1`);
      expect(reasons).toEqual([{ reason: 'block_limit' }, { reason: 'daily_budget' }]);
    },
  );
});
