import { NEW_PASSWORD } from '../../support/given.js';
import { otherCode, Phones, uniquePhone } from '../../support/phone.js';
import { useSharedApp } from '../../support/test-app.js';

describe('the count of guesses at a recovery code', () => {
  const t = useSharedApp();
  const phones = new Phones(t);
  const reset = async (phone: string) =>
    t.post('/auth/reset-password', {
      phone,
      code: await phones.wrongCode(phone),
      newPassword: NEW_PASSWORD,
    });

  /** The responses to sixty guesses over many codes; before some of them another code is requested. */
  const guessAt = async (phone: string, isAskedBefore: (index: number) => boolean, tenantSlug?: string) => {
    const outcomes: string[] = [];
    for (let index = 0; index < 60; index += 1) {
      if (isAskedBefore(index)) await t.post('/auth/forgot-password', { phone, tenantSlug });
      const { status, headers } = await reset(phone);
      outcomes.push(`${status} ${'retry-after' in headers}`);
    }
    return outcomes;
  };

  it.each([
    ['five', (index: number) => index % 5 === 0],
    ['three', (index: number) => index % 3 === 0],
    ['seven', (index: number) => index % 7 === 0],
  ])('does not reveal whether there is an account, by %s for each code', async (_, isAskedBefore) => {
    const { phone } = await phones.account();
    const squatted = uniquePhone();
    await phones.squatter(squatted, { email: 'verified' });
    const known = await guessAt(phone, isAskedBefore);
    expect(await guessAt(uniquePhone(), isAskedBefore)).toEqual(known);
    expect(await guessAt(squatted, isAskedBefore)).toEqual(known);
  });

  it('does not reveal whether a person is a member of the tenant that is named', async () => {
    const { phone, client } = await phones.account();
    const { tenant } = (await client.get('/auth/me')).body;
    const isAskedBefore = (index: number) => index % 5 === 0;
    const member = await guessAt(phone, isAskedBefore, tenant.slug);
    const { phone: stranger } = await phones.account();
    expect(await guessAt(stranger, isAskedBefore, tenant.slug)).toEqual(member);
    expect(await guessAt(uniquePhone(), isAskedBefore, tenant.slug)).toEqual(member);
  });
});

/**
 * So short that a code outlives it, so long that a machine that stands still for a minute or two makes no difference.
 */
const WAIT = 240;

describe('an attacker who requests recovery codes for a stranger’s number and spends their attempts', () => {
  const t = useSharedApp({ THROTTLE_ENABLED: null, SLOW_DOWN_FIRST_WAIT_SECONDS: String(WAIT) });
  const phones = new Phones(t);
  const forgot = (phone: string) => t.post('/auth/forgot-password', { phone });
  const reset = (phone: string, code: string) =>
    t.post('/auth/reset-password', { phone, code, newPassword: NEW_PASSWORD });
  const spendAttempts = async (phone: string) => {
    expect((await forgot(phone)).status).toBe(200);
    const code = await phones.code(phone);
    for (let step = 1; step <= 5; step += 1)
      expect((await reset(phone, otherCode(code, step))).status).toBe(400);
  };

  it('does not block the owner with thirty requests', async () => {
    const { phone } = await phones.account();
    for (let round = 0; round < 5; round += 1) {
      await t.database.pass(601);
      await spendAttempts(phone);
    }
    await t.database.pass(601);
    await forgot(phone);
    expect((await reset(phone, await phones.code(phone))).status).toBe(200);
  });

  it('does not learn from the count whether there is an account, where limits hold codes back', async () => {
    const { phone } = await phones.account();
    await t.database.pass(86_400);
    const guessAt = async (number: string) => {
      const outcomes: number[] = [];
      for (let round = 0; round < 12; round += 1) {
        await t.database.pass(601);
        for (let ask = 0; ask < 2; ask += 1) {
          expect((await forgot(number)).status).toBe(200);
          for (let step = 1; step <= 3; step += 1)
            outcomes.push((await reset(number, await phones.wrongCode(number, step))).status);
        }
      }
      return outcomes;
    };
    const known = await guessAt(phone);
    expect(known).toContain(429);
    expect(await guessAt(uniquePhone())).toEqual(known);
  });

  it('makes the owner wait for the first wait at most, even after days of attempts', async () => {
    const { phone } = await phones.account();
    for (let day = 0; day < 2; day += 1) {
      await t.database.pass(86_400 - 6_000);
      for (let round = 0; round < 6; round += 1) {
        await t.database.pass(601);
        await forgot(phone);
        const code = await phones.code(phone);
        for (let step = 1; step <= 5; step += 1) {
          const guessed = await reset(phone, otherCode(code, step));
          if (guessed.status !== 429) continue;
          expect(Number(guessed.headers['retry-after'])).toBeLessThanOrEqual(WAIT);
          await t.database.pass(WAIT + 1);
        }
      }
    }
    await t.database.pass(601);
    await forgot(phone);
    const code = await phones.code(phone);
    expect((await reset(phone, otherCode(code))).status).toBe(400);
    const slowed = await reset(phone, code);
    expect(slowed).toBeProblem('too_many_attempts');
    expect(Number(slowed.headers['retry-after'])).toBeLessThanOrEqual(WAIT);
    await t.database.pass(WAIT + 1);
    expect((await reset(phone, code)).status).toBe(200);
  });
});
