import { jest } from '@jest/globals';
import { burstEnds } from '../../../test/support/burst.js';
import { useCore } from '../../../test/support/core.js';
import { untilWaitedFor } from '../../../test/support/locks.js';
import { People, type Person } from '../../../test/support/people.js';
import { PASSWORD } from '../../../test/support/unique.js';
import { AcceptanceModule } from '../acceptance/acceptance.module.js';
import { AttemptsService } from '../attempts/attempts.service.js';
import { EnrolmentService } from '../two-factor/enrolment.service.js';
import { OtpSignInService } from './otp-sign-in.service.js';
import { PasswordSignInService } from './password-sign-in.service.js';

const MAX_SESSIONS = 3;
/** $1 user. */
const CONFIRM = 'UPDATE totp_factors SET confirmed_at = now() WHERE user_id = $1';
const core = useCore([AcceptanceModule], {
  MAX_SESSIONS_PER_USER: String(MAX_SESSIONS),
  EMAIL_CODE_SIGN_IN: 'true',
});
const people = new People(core);

const identifierOf = ({ email }: Person) => ({ kind: 'email', value: email }) as const;
const liveOf = async ({ id }: Person) =>
  (await core.query('SELECT 1 FROM sessions WHERE user_id = $1 AND revoked_at IS NULL', [id])).length;
const firstFactorOf = (person: Person) =>
  core
    .get(PasswordSignInService)
    .verify({ identifier: identifierOf(person), password: PASSWORD }, core.origin());
const codeFor = async (person: Person) => {
  await core.get(OtpSignInService).request(identifierOf(person), core.origin());
  return (await core.latest(person.email, 'otp')).code ?? '';
};
const byCode = (person: Person, code: string) =>
  core.get(OtpSignInService).verify(identifierOf(person), code, core.origin());
const auditOf = async (action: string) =>
  (
    await core.query<{ count: number }>('SELECT count(*)::int FROM audit_events WHERE action = $1', [action])
  )[0]?.count ?? 0;

describe('of twenty sign-ins at once', () => {
  it('by the right password, every one opens a session, and only so many stay open', async () => {
    const person = await people.owner();
    expect(await burstEnds(20, () => people.signIn(person))).toEqual({ ok: 20 });
    expect(await liveOf(person)).toBe(MAX_SESSIONS);
  });

  it('by the right password do not delay one another, however long clearing their counts takes', async () => {
    const person = await people.owner();
    const attempts = core.get(AttemptsService);
    const clear = attempts.succeeded.bind(attempts);
    const slowly = jest.spyOn(attempts, 'succeeded').mockImplementation(async (guess) => {
      for (let round = 0; round < 20; round += 1) await core.query('SELECT 1');
      await clear(guess);
    });
    try {
      expect(await burstEnds(20, () => people.signIn(person))).toEqual({ ok: 20 });
    } finally {
      slowly.mockRestore();
    }
  });

  it('with one right code, one opens a session', async () => {
    const person = await people.owner();
    const [code, before] = [await codeFor(person), await auditOf('otp.verified')];
    const ends = await burstEnds(20, () => byCode(person, code));
    expect(ends).toEqual({ ok: 1, otp_invalid: 19 });
    expect(await auditOf('otp.verified')).toBe(before + 1);
    // The first one opened at registration
    expect(await liveOf(person)).toBe(2);
  });
});

describe('a sign-in that waits for the person', () => {
  /** Signs in while a transaction has locked the person, and lets that commit what `change` has written. */
  const signInDuring = async (person: Person, change: string, values: unknown[] = []) => {
    const authentication = await firstFactorOf(person);
    return whileLocked(person, change, values, () =>
      core.get(PasswordSignInService).complete(authentication, core.origin()),
    );
  };
  const byCodeDuring = async (person: Person, change: string) => {
    const code = await codeFor(person);
    return whileLocked(person, change, [person.id], () => byCode(person, code));
  };
  const whileLocked = async (
    person: Person,
    change: string,
    values: unknown[],
    act: () => Promise<{ kind: string }>,
  ) => {
    await core.query('BEGIN');
    await core.query('SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE', [person.id]);
    await core.query(change, values);
    const settled = act().then(
      (outcome) => outcome.kind,
      (error: { code: string }) => error.code,
    );
    await untilWaitedFor(core.database);
    await core.query('COMMIT');
    return settled;
  };

  it('is asked for the second factor that was enabled meanwhile', async () => {
    const person = await people.owner();
    await core.get(EnrolmentService).enrol(person.actor, undefined);
    expect(await signInDuring(person, CONFIRM, [person.id])).toBe('second-factor');
    expect(await liveOf(person)).toBe(1);
  });

  it('by code is asked for the second factor that was enabled meanwhile', async () => {
    const person = await people.owner();
    await core.get(EnrolmentService).enrol(person.actor, undefined);
    expect(await byCodeDuring(person, CONFIRM)).toBe('second-factor');
    expect(await liveOf(person)).toBe(1);
  });

  it('by code opens no session of a person who has another address since', async () => {
    const person = await people.owner();
    const move = `UPDATE users SET email = 'moved.' || email WHERE id = $1`;
    expect(await byCodeDuring(person, move)).toBe('new');
    expect(await liveOf(person)).toBe(1);
  });

  it('is refused if the password was changed meanwhile', async () => {
    const person = await people.owner();
    const change = `UPDATE password_credentials SET hash = 'another' WHERE user_id = $1`;
    expect(await signInDuring(person, change, [person.id])).toBe('invalid_credentials');
    expect(await liveOf(person)).toBe(1);
  });

  it('is refused if the account was closed meanwhile', async () => {
    const person = await people.owner();
    const close = `UPDATE users SET status = 'leaving', deletion_at = now() + interval '1 day' WHERE id = $1`;
    expect(await signInDuring(person, close, [person.id])).toBe('invalid_credentials');
  });

  it('is refused if the membership ended meanwhile', async () => {
    const person = await people.owner();
    const end = `UPDATE memberships SET status = 'suspended' WHERE user_id = $1`;
    expect(await signInDuring(person, end, [person.id])).toBe('invalid_credentials');
  });
});

it('opens the tenant that the person used last, and notifies about a new device', async () => {
  const person = await people.owner();
  const other = await people.owner();
  await people.join(person, other);
  expect(await byCode(person, await codeFor(person))).toHaveProperty('kind', 'signed-in');
  const [last] = await core.query<{ tenant_id: string }>(
    'SELECT tenant_id FROM sessions WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1',
    [person.id],
  );
  expect(last?.tenant_id).toBe(other.tenant.id);

  const authentication = await firstFactorOf(person);
  const origin = { ...core.origin(), userAgent: 'never seen before' };
  await core.get(PasswordSignInService).complete(authentication, origin);
  const notices = await core.messages(person.email, 'notice');
  expect(notices.map(({ subject }) => subject).join()).toMatch(/device|sign-in/i);
});
