import { burstEnds, endOf } from '../../../test/support/burst.js';
import { useCore } from '../../../test/support/core.js';
import { People, type Person } from '../../../test/support/people.js';
import { Authenticator } from '../../../test/support/totp.js';
import { PASSWORD } from '../../../test/support/unique.js';
import type { Actor } from '../../common/actor.js';
import { AcceptanceModule } from '../acceptance/acceptance.module.js';
import { SecondFactorSignInService } from '../auth/second-factor-sign-in.service.js';
import { EnrolmentService } from './enrolment.service.js';
import { SecondFactorService } from './second-factor.service.js';
import { TwoFactorService } from './two-factor.service.js';

/** So that a burst of 20 is compared, and not delayed. */
const core = useCore([AcceptanceModule], { TWO_FACTOR_FAILURES_BEFORE_DELAY: '100' });
const people = new People(core);

interface Protected {
  person: Person;
  /** The caller after the confirmation. */
  actor: Actor;
  authenticator: Authenticator;
  /** The step of the code that confirmed the enrolment. */
  step: number;
  backupCodes: string[];
}

/** One of 100,000 secrets has equal codes at neighbouring steps: it is replaced by another. */
const enrol = async (actor: Actor) => {
  for (;;) {
    const { secret, recoveryCodes } = await core.get(EnrolmentService).enrol(actor, undefined);
    const authenticator = new Authenticator(secret);
    if (authenticator.hasDistinctCodes()) return { authenticator, backupCodes: recoveryCodes };
  }
};
/** With the code of the present step: that of the next one is left. */
const protect = async (person: Person): Promise<Protected> => {
  const { authenticator, backupCodes } = await enrol(person.actor);
  const step = Authenticator.presentStep();
  const { accessToken } = await core.get(TwoFactorService).confirm(person.actor, authenticator.codeOf(step));
  return { person, actor: await people.actor(accessToken), authenticator, step, backupCodes };
};
/** What any service does that asks for a code: `work` is what the code is for. */
const use = async ({ id }: Person, code: string, work: () => Promise<unknown> = async () => null) => {
  const service = core.get(SecondFactorService);
  return service.use(await service.reserve(id, null, core.origin()), code, work);
};
const tempToken = async (person: Person) => {
  const outcome = await people.signIn(person);
  return outcome.kind === 'second-factor' ? outcome.tempToken : '';
};
const codesLeft = async ({ actor }: Protected) =>
  (await core.get(TwoFactorService).status(actor)).recoveryCodesLeft;

describe('an enrolment', () => {
  it('counts from its confirmation on, which ends every other session', async () => {
    const person = await people.owner();
    const other = await people.session(person);
    const { authenticator } = await enrol(person.actor);
    expect((await people.signIn(person)).kind).toBe('signed-in');
    const confirm = (code: string) => core.get(TwoFactorService).confirm(person.actor, code);
    expect(await endOf(confirm(authenticator.wrongCode()))).toBe('two_factor_code_invalid');
    expect((await people.signIn(person)).kind).toBe('signed-in');

    const { accessToken } = await confirm(authenticator.code());
    expect((await people.actor(accessToken)).session.user.twoFactorEnabled).toBe(true);
    expect(await endOf(people.actor(other.tokens.accessToken))).toBe('access_token_invalid');
    expect((await people.signIn(person)).kind).toBe('second-factor');
  });

  it('is confirmed once', async () => {
    const person = await people.owner();
    const { authenticator } = await enrol(person.actor);
    const code = authenticator.code();
    const ends = await burstEnds(20, () => core.get(TwoFactorService).confirm(person.actor, code));
    expect(ends.ok).toBe(1);
    expect(await endOf(core.get(TwoFactorService).confirm(person.actor, code))).toBe(
      'two_factor_not_enrolling',
    );
  });

  it('is replaced by the next one until it is confirmed, and not after that', async () => {
    const person = await people.owner();
    const first = await enrol(person.actor);
    const second = await enrol(person.actor);
    const confirm = (code: string) => core.get(TwoFactorService).confirm(person.actor, code);
    // By chance a code of the first may be one of the second: 1 in 300,000
    expect(await endOf(confirm(first.authenticator.code()))).toBe('two_factor_code_invalid');
    await confirm(second.authenticator.code());
    expect(await endOf(enrol(person.actor))).toBe('two_factor_already_enabled');
    expect(await endOf(use(person, first.backupCodes[0] ?? ''))).toBe('two_factor_code_invalid');
    expect(await endOf(use(person, second.backupCodes[0] ?? ''))).toBe('ok');
  });
});

describe('a code of the authenticator', () => {
  it('is accepted once, of 20 sign-ins at the same time', async () => {
    const { person, authenticator, step } = await protect(await people.owner());
    const code = authenticator.codeOf(step + 1);
    const tokens: string[] = [];
    for (let signIn = 0; signIn < 20; signIn += 1) tokens.push(await tempToken(person));
    const verify = (index: number) =>
      core.get(SecondFactorSignInService).verify(tokens[index] ?? '', code, core.origin());
    expect(await burstEnds(20, verify)).toEqual({ ok: 1, two_factor_code_invalid: 19 });
  });

  it('is refused again in its step, and so is every earlier one', async () => {
    const { person, authenticator, step } = await protect(await people.owner());
    expect(await endOf(use(person, authenticator.codeOf(step)))).toBe('two_factor_code_invalid');
    expect(await endOf(use(person, authenticator.codeOf(step + 1)))).toBe('ok');
    for (const used of [step + 1, step])
      expect(await endOf(use(person, authenticator.codeOf(used)))).toBe('two_factor_code_invalid');
  });

  it('is used up only if what it is for succeeds', async () => {
    const { person, authenticator, step } = await protect(await people.owner());
    const code = authenticator.codeOf(step + 1);
    const fail = () => Promise.reject(new Error('no'));
    await expect(use(person, code, fail)).rejects.toThrow('no');
    expect(await endOf(use(person, code))).toBe('ok');
  });

  it('of another person is refused', async () => {
    const one = await protect(await people.owner());
    const other = await protect(await people.owner());
    const code = other.authenticator.codeOf(other.step + 1);
    // Unless it is one of theirs, too
    const expected = [-1, 0, 1, 2].some((away) => one.authenticator.codeOf(one.step + away) === code);
    expect((await endOf(use(one.person, code))) === 'ok').toBe(expected);
    expect(await endOf(use(one.person, other.backupCodes[0] ?? ''))).toBe('two_factor_code_invalid');
  });
});

describe('a backup code', () => {
  it('is accepted once, of 20 uses at the same time, and leaves nine', async () => {
    const one = await protect(await people.owner());
    const [code = ''] = one.backupCodes;
    expect(await codesLeft(one)).toBe(10);
    expect(await burstEnds(20, () => use(one.person, code))).toEqual({ ok: 1, two_factor_code_invalid: 19 });
    expect(await codesLeft(one)).toBe(9);
  });

  it('is used up only if what it is for succeeds', async () => {
    const one = await protect(await people.owner());
    const fail = () => Promise.reject(new Error('no'));
    await expect(use(one.person, one.backupCodes[0] ?? '', fail)).rejects.toThrow('no');
    expect(await codesLeft(one)).toBe(10);
  });

  it('is void once new ones are issued', async () => {
    const one = await protect(await people.owner());
    const { actor, person, authenticator, step, backupCodes } = one;
    const code = authenticator.codeOf(step + 1);
    const codes = await core.get(TwoFactorService).regenerateRecoveryCodes(actor, PASSWORD, code);
    const [old = ''] = backupCodes.filter((candidate) => !codes.includes(candidate));
    expect(await endOf(use(person, old))).toBe('two_factor_code_invalid');
    expect(await endOf(use(person, codes[0] ?? ''))).toBe('ok');
  });
});

describe('turning it off', () => {
  it('needs the password and a code, and then sign-ins need none', async () => {
    const { person, actor, authenticator, step, backupCodes } = await protect(await people.owner());
    const disable = (password: string, code: string) =>
      core.get(TwoFactorService).disable(actor, password, code);
    const code = authenticator.codeOf(step + 1);
    expect(await endOf(disable('Wrong-Horse-13-Battery', code))).toBe('current_password_incorrect');
    expect(await endOf(disable(PASSWORD, authenticator.wrongCode()))).toBe('two_factor_code_invalid');
    const pending = await tempToken(person);
    expect(pending).not.toBe('');

    const { accessToken } = await disable(PASSWORD, code);
    expect((await people.actor(accessToken)).session.user.twoFactorEnabled).toBe(false);
    expect((await people.signIn(person)).kind).toBe('signed-in');
    const [backupCode = ''] = backupCodes;
    const verify = core.get(SecondFactorSignInService).verify(pending, backupCode, core.origin());
    expect(await endOf(verify)).toBe('temp_token_invalid');
    expect(await endOf(use(person, backupCode))).toBe('two_factor_code_invalid');
  });
});
