import { burstEnds } from '../../../test/support/burst.js';
import { useCore } from '../../../test/support/core.js';
import { People, type Person, tokensOf } from '../../../test/support/people.js';
import { Authenticator } from '../../../test/support/totp.js';
import { NEW_PASSWORD, PASSWORD, uniqueEmail } from '../../../test/support/unique.js';
import { AppError } from '../../common/app-error.js';
import { AcceptanceModule } from '../acceptance/acceptance.module.js';
import { AccountDeletionService } from '../account-lifecycle/account-deletion.service.js';
import { EnrolmentService } from '../two-factor/enrolment.service.js';
import { TwoFactorService } from '../two-factor/two-factor.service.js';
import { PasswordChangeService } from './password-change.service.js';
import { PasswordSignInService } from './password-sign-in.service.js';
import { SecondFactorSignInService } from './second-factor-sign-in.service.js';

const core = useCore([AcceptanceModule]);
const people = new People(core);

const WRONG = 'Wrong-Horse-13-Battery';
const service = () => core.get(PasswordSignInService);
const identifierOf = ({ email }: { email: string }) => ({ kind: 'email', value: email }) as const;

/** What the caller learns from the error. */
const shown = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) throw new Error(`No AppError, but ${String(error)}`);
  const { code, options } = error;
  const { detail, errors, retryAfterSeconds } = options;
  return { code, detail, errors, retryAfterSeconds };
};
const sessionsOf = async ({ id }: Person) =>
  (await core.query('SELECT 1 FROM sessions WHERE user_id = $1', [id])).length;

it('opens a session for the right password, in the tenant that is asked for', async () => {
  const person = await people.owner();
  const other = await people.owner();
  await people.join(person, other);
  for (const { tenant } of [person, other]) {
    const { accessToken } = tokensOf(await people.signIn(person, { tenantSlug: tenant.slug }));
    const { session } = await people.actor(accessToken);
    expect([session.user.id, session.membership?.tenant.id]).toEqual([person.id, tenant.id]);
  }
});

describe('is refused', () => {
  it('with one error, whatever was wrong', async () => {
    const person = await people.owner();
    const other = await people.owner();
    const leaver = await people.member(other);
    await core.query(`UPDATE memberships SET status = 'suspended' WHERE user_id = $1`, [leaver.id]);
    const errors = [
      await shown(people.signIn(person, { password: WRONG })),
      await shown(people.signIn({ email: uniqueEmail('nobody') })),
      await shown(people.signIn(person, { tenantSlug: other.tenant.slug })),
      await shown(people.signIn(leaver, { tenantSlug: other.tenant.slug })),
    ];
    expect(errors[0]).toMatchObject({ code: 'invalid_credentials' });
    expect(new Set(errors.map((error) => JSON.stringify(error))).size).toBe(1);
    expect([await sessionsOf(person), await sessionsOf(leaver)]).toEqual([1, 1]);
  });

  it('for a tenant that does not exist', async () => {
    const person = await people.owner();
    expect(await shown(people.signIn(person, { tenantSlug: 'no-such-tenant' }))).toMatchObject({
      code: 'tenant_not_found',
    });
  });

  it('for an account whose deletion was requested', async () => {
    const person = await people.member(await people.owner());
    await core.get(AccountDeletionService).request(person.actor, { password: PASSWORD });
    expect(await shown(people.signIn(person))).toMatchObject({ code: 'invalid_credentials' });
  });
});

describe('between the first factor and the session', () => {
  const first = async (person: Person) => {
    const origin = core.origin();
    const login = { identifier: identifierOf(person), password: PASSWORD };
    const authentication = await service().verify(login, origin);
    return () => service().complete(authentication, origin);
  };

  it('a change of the password refuses the sign-in with the old one', async () => {
    const person = await people.owner();
    const complete = await first(person);
    await core.get(PasswordChangeService).change(person.actor, PASSWORD, NEW_PASSWORD);
    expect(await shown(complete())).toMatchObject({ code: 'invalid_credentials' });
    expect(await sessionsOf(person)).toBe(1);
    expect((await people.signIn(person, { password: NEW_PASSWORD })).kind).toBe('signed-in');
  });

  it('the end of the account refuses the sign-in', async () => {
    const person = await people.member(await people.owner());
    const complete = await first(person);
    await core.get(AccountDeletionService).request(person.actor, { password: PASSWORD });
    expect(await shown(complete())).toMatchObject({ code: 'invalid_credentials' });
    expect(await sessionsOf(person)).toBe(1);
  });

  it('the end of the membership refuses the sign-in', async () => {
    const person = await people.member(await people.owner());
    const complete = await first(person);
    await core.query('DELETE FROM memberships WHERE user_id = $1', [person.id]);
    expect(await shown(complete())).toMatchObject({ code: 'invalid_credentials' });
  });
});

it('gives a temp token instead of a session to a person with a second factor', async () => {
  const person = await people.owner();
  const { secret } = await core.get(EnrolmentService).enrol(person.actor, undefined);
  const [authenticator, step] = [new Authenticator(secret), Authenticator.presentStep()];
  await core.get(TwoFactorService).confirm(person.actor, authenticator.codeOf(step));

  const outcome = await people.signIn(person);
  if (outcome.kind !== 'second-factor') throw new Error('No second factor was asked for');
  expect(await sessionsOf(person)).toBe(1);
  const code = authenticator.codeOf(step + 1);
  const verify = () => core.get(SecondFactorSignInService).verify(outcome.tempToken, code, core.origin());
  const { session } = await people.actor((await verify()).accessToken);
  expect(session.user).toMatchObject({ id: person.id, twoFactorEnabled: true });
  expect(await shown(verify())).toMatchObject({ code: 'temp_token_invalid' });
});

describe('of a burst of wrong guesses', () => {
  it('at one identifier, from everywhere, only as many as the limit allows are compared', async () => {
    const person = await people.owner();
    const guess = () => people.signIn(person, { password: WRONG });
    const allowed = core.config.LOGIN_FAILURES_BEFORE_DELAY;
    expect(await burstEnds(20, guess)).toEqual({
      invalid_credentials: allowed,
      too_many_attempts: 20 - allowed,
    });
    expect(await shown(people.signIn(person))).toMatchObject({ code: 'too_many_attempts' });
    await core.pass(core.config.LOGIN_FAILURE_WINDOW_SECONDS);
    expect((await people.signIn(person)).kind).toBe('signed-in');
  });

  it('from one address, at identifiers with and without an account, all are counted', async () => {
    const [person, origin] = [await people.owner(), core.origin()];
    const guess = (index: number) =>
      people.signIn(
        { email: index === 0 ? person.email : uniqueEmail('nobody') },
        { password: WRONG, origin },
      );
    expect(core.config.LOGIN_ADDRESS_FAILURES).toBe(20);
    expect(await burstEnds(20, guess)).toEqual({ invalid_credentials: 20 });
    expect(await shown(people.signIn(person, { origin }))).toMatchObject({ code: 'too_many_attempts' });
    expect((await people.signIn(person)).kind).toBe('signed-in');
  });
});
