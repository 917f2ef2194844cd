import { burst, countBy } from '../../support/burst.js';
import type { Reply } from '../../support/client.js';
import { NEW_PASSWORD } from '../../support/given.js';
import { SLOW_DOWN_FIRST_WAIT_SECONDS } from '../../support/server.js';
import { useSharedApp } from '../../support/test-app.js';
import { type Protected, TwoFactor } from '../../support/two-factor.js';

const outcomes = (replies: Reply[]) =>
  countBy(replies, ({ status, body }) => (status === 200 ? 'right' : body.code));

describe('guesses at a second factor', () => {
  const t = useSharedApp();
  const twoFactor = new TwoFactor(t);

  /** Codes that were compared and found wrong. */
  const compared = async (owner: Protected) => {
    const [row] = await t.database.query<{ failures: number }>(
      'SELECT consecutive_failures AS failures FROM totp_factors WHERE user_id = $1',
      [owner.user.id],
    );
    return row?.failures;
  };
  const guess = async (owner: Protected, tempToken: string, times: number) => {
    const replies: Reply[] = [];
    for (let index = 0; index < times; index += 1)
      replies.push(await twoFactor.verify(tempToken, owner.authenticator.wrongCode(index)));
    return outcomes(replies);
  };

  it('are limited to five for a temp token, and a sixth fails with the right code', async () => {
    const owner = await twoFactor.owner();
    const tempToken = await twoFactor.tempToken(owner);
    expect(await guess(owner, tempToken, 5)).toEqual({ two_factor_code_invalid: 5 });
    expect(await twoFactor.verify(tempToken, owner.authenticator.code())).toBeProblem('temp_token_invalid');
    expect((await twoFactor.signIn(owner)).status).toBe(200);
  });

  it('may be four wrong ones before the right one', async () => {
    const owner = await twoFactor.owner();
    const tempToken = await twoFactor.tempToken(owner);
    await guess(owner, tempToken, 4);
    expect((await twoFactor.verify(tempToken, owner.authenticator.code())).status).toBe(200);
    expect(await compared(owner)).toBe(0);
  });

  it('are compared five times at most in two hundred parallel requests', async () => {
    const owner = await twoFactor.owner();
    const tempToken = await twoFactor.tempToken(owner);
    const replies = await burst(200, (index) =>
      twoFactor.verify(tempToken, owner.authenticator.wrongCode(index)),
    );
    expect(replies.filter(({ status }) => status !== 401 && status !== 429)).toEqual([]);
    expect(outcomes(replies).two_factor_code_invalid).toBe(5);
    expect(await compared(owner)).toBe(5);
    await t.database.pass(1 + Math.max(...replies.map(({ headers }) => Number(headers['retry-after'] ?? 0))));
    expect(await twoFactor.verify(tempToken, owner.authenticator.code())).toBeProblem('temp_token_invalid');
  });

  it('are limited to ten for a person over all temp tokens and addresses, then wait, and wait longer', async () => {
    const owner = await twoFactor.owner();
    for (let round = 0; round < 2; round += 1) {
      const tempToken = await twoFactor.tempToken(owner);
      expect(await guess(owner, tempToken, 5)).toEqual({ two_factor_code_invalid: 5 });
    }
    let tempToken = await twoFactor.tempToken(owner);
    const right = () => twoFactor.verify(tempToken, owner.authenticator.code());
    const slowed = await right();
    expect(slowed).toBeProblem('too_many_attempts');
    expect(Number(slowed.headers['retry-after'])).toBeGreaterThan(0);
    expect(await twoFactor.verify(tempToken, owner.backupCodes[0] ?? '')).toBeProblem('too_many_attempts');
    expect(await compared(owner)).toBe(10);
    await t.database.pass(SLOW_DOWN_FIRST_WAIT_SECONDS + 1);
    tempToken = await twoFactor.tempToken(owner);
    expect(await guess(owner, tempToken, 1)).toEqual({ two_factor_code_invalid: 1 });
    expect(await right()).toBeProblem('too_many_attempts');
    await t.database.pass(2 * SLOW_DOWN_FIRST_WAIT_SECONDS + 1);
    tempToken = await twoFactor.tempToken(owner);
    expect((await right()).status).toBe(200);
  });

  it('do not affect open sessions and the password', async () => {
    const owner = await twoFactor.owner();
    for (let round = 0; round < 2; round += 1) await guess(owner, await twoFactor.tempToken(owner), 5);
    expect((await owner.client.get('/auth/me')).status).toBe(200);
    expect(await twoFactor.tempToken(owner)).toMatch(/^temp_/);
  });

  it('are counted for a person with backup codes, too', async () => {
    const owner = await twoFactor.owner();
    const replies: Reply[] = [];
    for (let round = 0; round < 3; round += 1) {
      const tempToken = await twoFactor.tempToken(owner);
      for (let index = 0; index < 5; index += 1)
        replies.push(await twoFactor.verify(tempToken, `0000000${index}`));
    }
    expect(outcomes(replies)).toEqual({ two_factor_code_invalid: 10, too_many_attempts: 5 });
  });

  it('of one address are limited, over all people', async () => {
    const client = t.client();
    const replies: Reply[] = [];
    for (let person = 0; person < 5; person += 1) {
      const owner = await twoFactor.owner();
      const tempToken = await twoFactor.tempToken(owner);
      for (let index = 0; index < 5; index += 1)
        replies.push(await twoFactor.verify(tempToken, owner.authenticator.wrongCode(index), client));
    }
    expect(outcomes(replies)).toEqual({ two_factor_code_invalid: 20, too_many_attempts: 5 });
  });

  it('are recorded in the audit trail, without the code', async () => {
    const owner = await twoFactor.owner();
    const code = owner.authenticator.wrongCode();
    await twoFactor.signIn(owner, code);
    const trail = await t.database.query<{ outcome: string; tenant_id: string; actor_kind: string }>(
      `SELECT * FROM audit_events WHERE action = 'two_factor.refused' AND target_id = $1`,
      [owner.user.id],
    );
    expect(trail).toEqual([
      expect.objectContaining({ outcome: 'refused', tenant_id: owner.tenant.id, actor_kind: 'anonymous' }),
    ]);
    expect(JSON.stringify(trail)).not.toMatch(new RegExp(`\\D${code}\\D`));
  });

  it('that fail a hundred times in a row disable the authenticator, until a backup code is used', async () => {
    const owner = await twoFactor.owner();
    await t.database.query('UPDATE totp_factors SET consecutive_failures = 99 WHERE user_id = $1', [
      owner.user.id,
    ]);
    const wrong = owner.authenticator.wrongCode();
    expect(await twoFactor.signIn(owner, wrong)).toBeProblem('two_factor_code_invalid');
    expect(await twoFactor.signIn(owner)).toBeProblem('two_factor_code_invalid');
    expect((await twoFactor.signIn(owner, owner.backupCodes[0])).status).toBe(200);
    expect((await twoFactor.signIn(owner)).status).toBe(200);
  });

  it('at the backup codes that fail a hundred times in a row disable them, until the password is recovered', async () => {
    const owner = await twoFactor.owner();
    const [first, second] = owner.backupCodes;
    const fail = async (already: number) => {
      const sql = 'UPDATE totp_factors SET recovery_code_failures = $2 WHERE user_id = $1';
      await t.database.query(sql, [owner.user.id, already]);
      const wrong = ['00000000', '11111111'].find((code) => !owner.backupCodes.includes(code));
      expect(await twoFactor.signIn(owner, wrong)).toBeProblem('two_factor_code_invalid');
    };
    await fail(98);
    expect((await twoFactor.signIn(owner, first)).status).toBe(200);
    await fail(99);
    expect(await twoFactor.signIn(owner, second)).toBeProblem('two_factor_code_invalid');
    expect((await twoFactor.signIn(owner)).status).toBe(200);
    expect(await twoFactor.signIn(owner, second)).toBeProblem('two_factor_code_invalid');

    await owner.client.post('/auth/verify-email', { token: await t.given.verificationToken(owner) });
    const token = await t.given.resetToken(owner);
    await t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD });
    expect((await twoFactor.signIn({ ...owner, password: NEW_PASSWORD }, second)).status).toBe(200);
  });

  it('that fail ninety-nine times in a row do not', async () => {
    const owner = await twoFactor.owner();
    await t.database.query('UPDATE totp_factors SET consecutive_failures = 99 WHERE user_id = $1', [
      owner.user.id,
    ]);
    expect((await twoFactor.signIn(owner)).status).toBe(200);
  });
});
