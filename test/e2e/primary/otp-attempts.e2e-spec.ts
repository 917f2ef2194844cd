import { burst, countBy } from '../../support/burst.js';
import type { Client, Reply } from '../../support/client.js';
import { otherCode, type OtpAnswer, Phones, uniquePhone } from '../../support/phone.js';
import { MESSAGE_INTERVAL_SECONDS, SLOW_DOWN_FIRST_WAIT_SECONDS } from '../../support/server.js';
import { useSharedApp } from '../../support/test-app.js';
import { useWarmProcess } from '../../support/warm-process.js';

const outcomes = (replies: Reply<OtpAnswer>[]) =>
  countBy(replies, ({ status, body }) => (status === 200 ? 'right' : body.code));

describe('guesses at a code', () => {
  const t = useSharedApp();
  const phones = new Phones(t);
  const guess = async (phone: string, code: string, times: number, from?: Client) => {
    const replies: Reply<OtpAnswer>[] = [];
    for (let step = 1; step <= times; step += 1)
      replies.push(await phones.verify(phone, otherCode(code, step), from));
    return replies;
  };
  /** Attempts that were reserved, and so compared, at the newest code of a number. */
  const compared = async () => {
    const [row] = await t.database.query<{ compared: number }>(
      `SELECT 5 - attempts_left AS compared FROM otp_challenges ORDER BY created_at DESC LIMIT 1`,
    );
    return row?.compared;
  };

  it('are limited to five, and a sixth fails with the right code', async () => {
    const phone = uniquePhone();
    const code = await phones.newCode(phone);
    expect(outcomes(await guess(phone, code, 5))).toEqual({ otp_invalid: 5 });
    expect(await phones.verify(phone, code)).toBeProblem('otp_invalid');
  });

  it('may be four wrong ones before the right one', async () => {
    const phone = uniquePhone();
    const code = await phones.newCode(phone);
    await guess(phone, code, 4);
    expect((await phones.verify(phone, code)).status).toBe(200);
  });

  it.each(['one address', 'as many addresses'])(
    'are compared five times at most in sixty parallel requests, from %s',
    async (addresses) => {
      const phone = uniquePhone();
      const code = await phones.newCode(phone);
      const one = addresses === 'one address' ? t.client() : undefined;

      const replies = await burst(60, (index) => phones.verify(phone, otherCode(code, index + 1), one));

      expect(outcomes(replies).right).toBeUndefined();
      expect(replies.every(({ status }) => status === 400 || status === 429)).toBe(true);
      expect(await compared()).toBe(5);
      expect(await phones.verify(phone, code)).toBeProblem('otp_invalid');
    },
  );

  it('are counted over the codes of a number, until it has to wait', async () => {
    const phone = uniquePhone();
    const replies = [
      ...(await guess(phone, await phones.newCode(phone), 5)),
      ...(await guess(phone, await phones.newCode(phone), 5)),
    ];
    expect(outcomes(replies)).toEqual({ otp_invalid: 10 });

    expect(await phones.verify(phone, await phones.newCode(phone))).toBeProblem('too_many_attempts');
    await t.database.pass(SLOW_DOWN_FIRST_WAIT_SECONDS + 1);
    const code = await phones.newCode(phone);
    expect((await guess(phone, code, 1))[0]).toBeProblem('otp_invalid');
    expect(await phones.verify(phone, code)).toBeProblem('too_many_attempts');
    await t.database.pass(2 * SLOW_DOWN_FIRST_WAIT_SECONDS + 1);
    expect((await phones.verify(phone, await phones.newCode(phone))).status).toBe(200);
  });

  it('are counted for the number as often as they were compared, in two hundred parallel requests over two codes', async () => {
    const phone = uniquePhone();
    for (let round = 0; round < 2; round += 1) {
      const code = await phones.newCode(phone);
      await burst(100, (index) => phones.verify(phone, otherCode(code, index + 1)));
    }
    const slowed = await phones.verify(phone, await phones.newCode(phone));
    expect(slowed).toBeProblem('too_many_attempts');
    expect(Number(slowed.headers['retry-after'])).toBeLessThanOrEqual(SLOW_DOWN_FIRST_WAIT_SECONDS);
  });

  it('are reset by a right one', async () => {
    const phone = uniquePhone();
    for (let round = 0; round < 3; round += 1) {
      const code = await phones.newCode(phone);
      expect(outcomes(await guess(phone, code, 4))).toEqual({ otp_invalid: 4 });
      expect((await phones.verify(phone, code)).status).toBe(200);
    }
  });

  it('do not count against another number', async () => {
    const [one, other] = [uniquePhone(), uniquePhone()];
    await guess(one, await phones.newCode(one), 12);
    expect((await phones.verify(other, await phones.newCode(other))).status).toBe(200);
  });

  it('of one address are limited, over all numbers', async () => {
    const client = t.client();
    const replies = await burst(30, () => phones.verify(uniquePhone(), '123456', client));
    expect(outcomes(replies)).toEqual({ otp_invalid: 20, too_many_attempts: 10 });
  });

  it.each(['X-Forwarded-For', 'Forwarded', 'X-Real-IP', 'True-Client-IP', 'CF-Connecting-IP', 'X-Client-IP'])(
    'are counted together whatever %s says',
    async (name) => {
      const client = t.client();
      const replies = await burst(25, (index) => {
        const value = name === 'Forwarded' ? `for=203.0.113.${index}` : `203.0.113.${index}`;
        const body = { phone: uniquePhone(), code: '123456' };
        return client.post<OtpAnswer>('/auth/otp/verify', body, { headers: { [name]: value } });
      });
      expect(outcomes(replies)).toEqual({ otp_invalid: 20, too_many_attempts: 5 });
    },
  );

  it('get the same response for a number with a code and one without', async () => {
    const [asked, silent] = [uniquePhone(), uniquePhone()];
    const code = await phones.newCode(asked);
    const [first, second] = [await guess(asked, code, 11), await guess(silent, code, 11)];
    expect(second.map(({ status }) => status)).toEqual(first.map(({ status }) => status));
    expect({ ...second[0]?.body, instance: '' }).toEqual({ ...first[0]?.body, instance: '' });
  });
});

describe('a code', () => {
  const beside = useWarmProcess('other');
  const t = useSharedApp();
  const phones = new Phones(t);

  it('is used once in twenty parallel requests', async () => {
    const { phone } = await phones.account();
    const code = await phones.newCode(phone);
    const replies = await burst(20, () => phones.verify(phone, code));
    expect(outcomes(replies).right).toBe(1);
    expect((await phones.verify(phone, code)).status).not.toBe(200);
  });

  it('is used once by two servers', async () => {
    const phone = uniquePhone();
    const code = await phones.newCode(phone);
    const second = await beside.serveBeside(t.server);
    const replies = await burst(4, (index) =>
      phones.verify(phone, code, t.client(null, index % 2 === 0 ? t.server : second)),
    );
    expect(outcomes(replies)).toEqual({ right: 1, otp_invalid: 3 });
  });

  it('is invalid after five minutes', async () => {
    const phone = uniquePhone();
    const code = await phones.newCode(phone);
    await t.database.pass(301);
    expect(await phones.verify(phone, code)).toBeProblem('otp_invalid');
  });

  it('is invalid once a newer one is issued', async () => {
    const phone = uniquePhone();
    const older = await phones.newCode(phone);
    const newer = await phones.newCode(phone);
    if (older !== newer) expect(await phones.verify(phone, older)).toBeProblem('otp_invalid');
    expect((await phones.verify(phone, newer)).status).toBe(200);
  });

  it('is valid for one number', async () => {
    const [one, other] = [uniquePhone(), uniquePhone()];
    const [code, otherOne] = [await phones.newCode(one), await phones.newCode(other)];
    if (code !== otherOne) expect(await phones.verify(other, code)).toBeProblem('otp_invalid');
    expect((await phones.verify(one, code)).status).toBe(200);
  });

  it('is valid for one purpose', async () => {
    const { phone } = await phones.account();
    const signIn = await phones.newCode(phone);
    const body = { phone, code: signIn, newPassword: 'Granite-Meadow-77-Oboe' };
    expect(await t.post('/auth/reset-password', body)).toBeProblem('otp_invalid');
    await t.database.pass(60);
    await t.post('/auth/forgot-password', { phone });
    const recovery = await phones.code(phone);
    if (recovery !== signIn) expect(await phones.verify(phone, recovery)).toBeProblem('otp_invalid');
    expect((await phones.verify(phone, signIn)).status).toBe(200);
  });

  it('is invalid after a password change', async () => {
    const { phone, client, password } = await phones.account();
    const code = await phones.newCode(phone);
    const body = { currentPassword: password, newPassword: 'Granite-Meadow-77-Oboe' };
    expect((await client.post('/auth/change-password', body)).status).toBe(200);
    expect(await phones.verify(phone, code)).toBeProblem('otp_invalid');
  });

  it('has six digits, each equally probable', async () => {
    const client = t.client();
    const codes: string[] = [];
    for (let round = 0; round < 6; round += 1) {
      const numbers = Array.from({ length: 50 }, uniquePhone);
      await Promise.all(numbers.map((phone) => phones.request(phone, client)));
      codes.push(...(await Promise.all(numbers.map((phone) => phones.code(phone)))));
    }
    for (const code of codes) expect(code).toMatch(/^\d{6}$/);
    for (let place = 0; place < 6; place += 1) {
      const counts = countBy(codes, (code) => code[place] ?? '');
      const deviation = [...'0123456789'].reduce(
        (sum, digit) => sum + ((counts[digit] ?? 0) - 30) ** 2 / 30,
        0,
      );
      // Chi-square with nine degrees of freedom is above 60 by chance once in 10^9; a digit that is missing adds 30
      expect(deviation).toBeLessThan(60);
    }
  });

  it('is stored nowhere in clear text, and neither is its number', async () => {
    const phone = uniquePhone();
    const from = t.client();
    await phones.request(phone, from);
    const code = await phones.code(phone);
    // The rows of other numbers may contain any six digits, so only the code's own rows are searched
    const [row] = await t.database.query<{ all: string; own: string }>(
      `WITH challenges AS (SELECT to_jsonb(c) AS row FROM otp_challenges c ORDER BY created_at DESC),
         events AS (SELECT to_jsonb(a) AS row FROM audit_events a)
       SELECT (SELECT jsonb_agg(row)::text FROM challenges) || (SELECT jsonb_agg(row)::text FROM events) AS all,
         (SELECT row::text FROM challenges LIMIT 1)
           || (SELECT jsonb_agg(row)::text FROM events WHERE row ->> 'address' = $1) AS own`,
      [from.address],
    );
    expect(row?.all).not.toContain(phone.slice(1));
    expect(row?.own).toContain('sign-in');
    expect(row?.own).toContain('otp.requested');
    // Hashes, ids and microseconds may contain any six digits, too
    const readable = row?.own.replace(/\\\\x[0-9a-f]+|[0-9a-f-]{36}|T[\d:]+\.\d+/g, '');
    expect(readable).toContain('otp.requested');
    expect(readable).not.toMatch(new RegExp(`\\D${code}\\D`));
  });

  it('is not returned by the request that causes it', async () => {
    const phone = uniquePhone();
    const reply = await phones.request(phone);
    expect(reply.text + JSON.stringify(reply.headers)).not.toContain(await phones.code(phone));
  });
});

describe('codes under sending limits', () => {
  const t = useSharedApp({ THROTTLE_ENABLED: null });
  const phones = new Phones(t);

  it('are sent once in an interval; on an earlier request the older one stays valid', async () => {
    const phone = uniquePhone();
    const code = await phones.newCode(phone);
    const second = await phones.request(phone);
    expect(second.body).toEqual({ expiresIn: 300, resendIn: MESSAGE_INTERVAL_SECONDS });
    expect(await t.inbox.messages(phone, 'otp')).toHaveLength(1);
    expect((await phones.verify(phone, code)).status).toBe(200);
  });
});
