import { randomBytes } from 'node:crypto';
import { burstEnds, countBy, endOf } from '../../../test/support/burst.js';
import { type Core, useCore } from '../../../test/support/core.js';
import { People, type Person } from '../../../test/support/people.js';
import { uniquePhone } from '../../../test/support/phone.js';
import { secretKeyOf } from '../../../test/support/server.js';
import { Authenticator } from '../../../test/support/totp.js';
import { Keyring } from '../../common/keyring.js';
import { Database } from '../../database/database.js';
import { AcceptanceModule } from '../acceptance/acceptance.module.js';
import { SecondFactorSignInService } from '../auth/second-factor-sign-in.service.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import { Metrics } from '../metrics/metrics.js';
import { OtpService } from '../otp/otp.service.js';
import { EnrolmentService } from '../two-factor/enrolment.service.js';
import { TwoFactorService } from '../two-factor/two-factor.service.js';
import { RekeyingModule } from './rekeying.module.js';
import { RekeyingService } from './rekeying.service.js';

const old = secretKeyOf(process.env.TEST_DATABASE_URL ?? '');
const next = randomBytes(32).toString('base64');
const modules = [AcceptanceModule, RekeyingModule];

/** The servers of a rotation, on one database: opened in this order. */
const before = useCore(modules, { SECRET_KEY: old });
const using = useCore(modules, { SECRET_KEY: next, SECRET_KEY_PREVIOUS: old });
/** Before everything is encrypted again. */
const tooEarly = useCore(modules, { SECRET_KEY: next });
const people = new People(before);

const attempts = () => before.query('SELECT 1 FROM attempts WHERE failures > 0 OR blocked_until IS NOT NULL');
const rekey = async (core: Core) => {
  const ended = new Map<string, { reencrypted: number; unreadable: number }>();
  for await (const { purpose, ...counts } of core.get(RekeyingService).rekey()) ended.set(purpose, counts);
  return ended;
};
const remaining = async (core: Core) =>
  [...(await core.get(RekeyingService).countRemaining())].filter(([, count]) => count > 0);

/** With the step of the code that turned it on. */
async function protect(person: Person): Promise<{ authenticator: Authenticator; step: number }> {
  const { secret } = await before.get(EnrolmentService).enrol(person.actor, undefined);
  const authenticator = new Authenticator(secret);
  if (!authenticator.hasDistinctCodes()) return protect(person);
  const step = Authenticator.presentStep();
  await before.get(TwoFactorService).confirm(person.actor, authenticator.codeOf(step));
  return { authenticator, step };
}
const tempToken = async (person: Person) => {
  const outcome = await people.signIn(person);
  return outcome.kind === 'second-factor' ? outcome.tempToken : '';
};
const verify = (core: Core, token: string, code: string) =>
  core.get(SecondFactorSignInService).verify(token, code, core.origin());

describe('a secret that no key of a server opens', () => {
  it('of an authenticator is answered with 503, however often, and counts as no attempt', async () => {
    const person = await people.owner();
    const { authenticator, step } = await protect(person);
    const token = await tempToken(person);
    await before.query('DELETE FROM attempts');
    const ends = await burstEnds(20, () => verify(tooEarly, token, authenticator.codeOf(step + 1)));
    // Of calls at once, no more are compared than the temp token has attempts; the others count for their addresses
    const { service_unavailable: compared = 0, temp_token_invalid: uncounted = 0 } = ends;
    expect(compared + uncounted).toBe(20);
    expect((await attempts()).length).toBeLessThanOrEqual(uncounted);
    await before.query('DELETE FROM attempts');
    for (let time = 1; time <= 20; time += 1)
      expect(await endOf(verify(tooEarly, token, authenticator.codeOf(step + 1)))).toBe(
        'service_unavailable',
      );
    expect(await attempts()).toEqual([]);
    expect(await endOf(verify(using, token, authenticator.codeOf(step + 1)))).toBe('ok');
  });

  it('of a one-time code is answered with 503, however often, and counts as no attempt', async () => {
    const subject = { purpose: 'sign-in', identifier: { kind: 'phone', value: uniquePhone() } } as const;
    const { value } = subject.identifier;
    await before
      .get(Database)
      .acrossTenants((tx) => before.get(OtpService).issue(tx, subject, before.origin()));
    const { code = '' } = await before.latest(value, 'otp');
    await before.query('DELETE FROM attempts');
    const guess = (core: Core) => core.get(OtpService).verify(subject, code, core.origin());
    for (let time = 1; time <= 20; time += 1)
      expect(await endOf(guess(tooEarly))).toBe('service_unavailable');
    expect(await attempts()).toEqual([]);
    expect(await endOf(guess(using))).toBe('ok');
  });

  it('is counted for the operator', async () => {
    const metrics = tooEarly.get(Metrics);
    const counted = async () =>
      Number(/unreadable_secrets_total\{purpose="totp-seed"\} (\d+)/.exec(await page(metrics))?.[1]);
    const person = await people.owner();
    const { authenticator, step } = await protect(person);
    const token = await tempToken(person);
    const [first] = [await counted()];
    await endOf(verify(tooEarly, token, authenticator.codeOf(step + 1)));
    expect(await counted()).toBe(first + 1);
  });
});

/** The page without the gauges that are read. */
const page = (metrics: Metrics) =>
  metrics.render(new Proxy({}, { get: () => [] }) as Parameters<Metrics['render']>[0]);

describe('encrypting everything again', () => {
  it('leaves nothing under the old key, and what is encrypted is good without it', async () => {
    const person = await people.owner();
    const { authenticator, step } = await protect(person);
    expect((await remaining(using)).map(([purpose]) => purpose)).toContain('totp-seed');
    const ended = await rekey(using);
    expect(ended.get('totp-seed')?.reencrypted).toBeGreaterThan(0);
    expect(ended.get('message-encryption')?.reencrypted).toBeGreaterThan(0);
    expect(await remaining(using)).toEqual([]);
    const code = authenticator.codeOf(step + 1);
    expect(await endOf(verify(tooEarly, await tempToken(person), code))).toBe('ok');
    expect((await tooEarly.messages(person.email)).length).toBeGreaterThan(0);
  });

  it('keeps the answers of requests with an Idempotency-Key', async () => {
    const request = {
      operation: 'POST /x',
      caller: null,
      address: '10.9.0.1',
      key: 'again',
      content: 'a body',
    };
    const answer = (core: Core) =>
      core
        .get(IdempotencyService)
        .answer(request, () =>
          core.get(Database).acrossTenants(() => Promise.resolve({ status: 201, body: 'first' })),
        );
    await answer(before);
    expect(await endOf(answer(tooEarly))).toBe('service_unavailable');
    expect((await remaining(using)).map(([purpose]) => purpose)).toContain('idempotency-answer');
    expect((await rekey(using)).get('idempotency-answer')?.reencrypted).toBe(1);
    expect(await answer(tooEarly)).toEqual({ status: 201, body: 'first', isReplayed: true });
  });

  it('can be done by several at once, and again', async () => {
    await protect(await people.owner());
    const results = await Promise.all([rekey(using), rekey(using), rekey(using)]);
    expect(results).toHaveLength(3);
    expect(await remaining(using)).toEqual([]);
    expect((await rekey(using)).get('totp-seed')?.reencrypted).toBe(0);
  });

  it('reports a row that no key opens, and goes on', async () => {
    const [broken, good] = [await people.owner(), await people.owner()];
    for (const person of [broken, good]) await protect(person);
    const foreign = new Keyring(randomBytes(32).toString('base64')).encrypt('totp-seed', 'X', broken.id);
    const [row] = await before.query<{ seed: Buffer }>(
      'SELECT seed_encrypted AS seed FROM totp_factors WHERE user_id = $1',
      [broken.id],
    );
    const set = (seed?: Buffer) =>
      before.query('UPDATE totp_factors SET seed_encrypted = $2 WHERE user_id = $1', [broken.id, seed]);
    await set(foreign);
    expect((await rekey(using)).get('totp-seed')?.unreadable).toBe(1);
    expect(await remaining(using)).toEqual([['totp-seed', 1]]);
    await set(row?.seed);
    await rekey(using);
    expect(await remaining(using)).toEqual([]);
  });
});

describe('a server with another SECRET_KEY', () => {
  it('has the same index keys: what one server counts and hashes, the others find', () => {
    const hashes = [before, using, tooEarly].map((core) =>
      core.get(Keyring).hmac('attempt-key', 'subject:somebody').toString('hex'),
    );
    expect(countBy(hashes, (hash) => hash)).toEqual({ [hashes[0] ?? '']: 3 });
  });
});
