import { burst, countBy, endOf } from '../../../test/support/burst.js';
import { useCore } from '../../../test/support/core.js';
import { Authenticator } from '../../../test/support/totp.js';
import { NEW_PASSWORD, PASSWORD, uniqueEmail } from '../../../test/support/unique.js';
import { OperatorAccountsModule } from './operator-accounts.module.js';
import { OperatorAccountsService } from './operator-accounts.service.js';
import { OperatorEnrolmentService } from './operator-enrolment.service.js';
import { OperatorSessionsService } from './operator-sessions.service.js';
import { OperatorSignInService } from './operator-sign-in.service.js';

const core = useCore([OperatorAccountsModule]);
const accounts = () => core.get(OperatorAccountsService);
const enrolments = () => core.get(OperatorEnrolmentService);
const sessions = () => core.get(OperatorSessionsService);
const BLOCK = '10.7.0.0/16';
const DAY = 86_400;

async function enrolled({ allow = BLOCK } = {}) {
  const email = uniqueEmail('operator');
  const origin = core.origin();
  const token = await accounts().create(email, [allow]);
  const { seed } = await enrolments().read(token, origin);
  const authenticator = new Authenticator(seed?.secret ?? '');
  const step = Authenticator.presentStep();
  await enrolments().complete({ token, password: PASSWORD, code: authenticator.codeOf(step) }, origin);
  return { email, origin, authenticator, step };
}

const signIn = ({ email, authenticator, origin }: Awaited<ReturnType<typeof enrolled>>, code?: string) =>
  core
    .get(OperatorSignInService)
    .signIn({ email, password: PASSWORD, code: code ?? authenticator.nextCode() }, origin);

it('opens one session with one code, whatever comes at once', async () => {
  const operator = await enrolled();
  const ends = await burst(4, () => endOf(signIn(operator)));
  expect(countBy(ends, (end) => end)).toEqual({ ok: 1, invalid_credentials: 3 });
});

it('is guessed at five times at most, in a burst from allowed addresses', async () => {
  const { email, authenticator } = await enrolled();
  const guess = (index: number) =>
    core
      .get(OperatorSignInService)
      .signIn({ email, password: PASSWORD, code: authenticator.wrongCode(index) }, core.origin());
  const ends = await burst(20, (index) => endOf(guess(index)));
  expect(countBy(ends, (end) => end)).toEqual({ invalid_credentials: 5, too_many_attempts: 15 });
});

it('cannot be locked out from addresses that are not allowed, where the right secrets are refused, too', async () => {
  const operator = await enrolled({ allow: '10.7.0.0/16' });
  const { email, authenticator } = operator;
  const elsewhere = () => ({ ...core.origin(), address: '198.51.100.7' });
  const attempt = (password: string) =>
    endOf(
      core
        .get(OperatorSignInService)
        .signIn({ email, password, code: authenticator.nextCode() }, elsewhere()),
    );
  expect(await attempt(PASSWORD)).toBe('invalid_credentials');
  const ends = await burst(20, () => attempt('wrong'));
  expect(countBy(ends, (end) => end)).toEqual({ invalid_credentials: 4, too_many_attempts: 16 });
  expect(await endOf(signIn(operator))).toBe('ok');
});

it('refuses a code at or below the last step, also that of the enrolment', async () => {
  const operator = await enrolled();
  const { authenticator, step } = operator;
  expect(await endOf(signIn(operator, authenticator.codeOf(step)))).toBe('invalid_credentials');
  await signIn(operator, authenticator.codeOf(step + 1));
  expect(await endOf(signIn(operator, authenticator.codeOf(step + 1)))).toBe('invalid_credentials');
});

it('verifies a token from its address block only, and not after an hour', async () => {
  const operator = await enrolled();
  const { accessToken } = await signIn(operator);
  const verify = (address: string) => endOf(sessions().verify(accessToken, { ...operator.origin, address }));
  expect(await verify(operator.origin.address)).toBe('ok');
  expect(await verify(`::ffff:${operator.origin.address}`)).toBe('ok');
  expect(await verify('10.7.255.1')).toBe('access_token_invalid');
  await core.pass(3601);
  expect(await verify(operator.origin.address)).toBe('access_token_invalid');
});

it('refuses a token as soon as its address is allowed no more', async () => {
  const operator = await enrolled();
  const { accessToken } = await signIn(operator);
  const verify = () => endOf(sessions().verify(accessToken, operator.origin));
  expect(await accounts().allow(operator.email, ['192.0.2.0/24', BLOCK])).toBe(true);
  expect(await accounts().allow(operator.email, ['192.0.2.0/24', BLOCK])).toBe(false);
  expect(await verify()).toBe('ok');
  expect(await accounts().allow(operator.email, ['192.0.2.0/24'])).toBe(true);
  expect(await verify()).toBe('access_token_invalid');
  expect(await endOf(signIn(operator))).toBe('invalid_credentials');
});

it('lets a disabled operator neither sign in nor enrol nor go on', async () => {
  const operator = await enrolled();
  const { accessToken } = await signIn(operator);
  const reset = await accounts().resetSecondFactor(operator.email);
  expect(await accounts().disable(operator.email)).toBe(true);
  expect(await accounts().disable(operator.email)).toBe(false);
  expect(await endOf(sessions().verify(accessToken, operator.origin))).toBe('access_token_invalid');
  expect(await endOf(signIn(operator))).toBe('invalid_credentials');
  expect(await endOf(enrolments().read(reset, operator.origin))).toBe('enrolment_token_invalid');
});

it('refuses the right secrets of an operator who is disabled and nothing else', async () => {
  const operator = await enrolled();
  expect(await accounts().disable(operator.email)).toBe(true);
  expect(await endOf(signIn(operator))).toBe('invalid_credentials');
});

it('keeps an enrolment token for a day, and replaces it by the next one', async () => {
  const origin = core.origin();
  const email = uniqueEmail('operator');
  const first = await accounts().create(email, [BLOCK]);
  const second = await accounts().resetPassword(email);
  expect(await endOf(enrolments().read(first, origin))).toBe('enrolment_token_invalid');
  await core.pass(DAY - 600);
  expect(await endOf(enrolments().read(second, origin))).toBe('ok');
  await core.pass(1_200);
  expect(await endOf(enrolments().read(second, origin))).toBe('enrolment_token_invalid');
});

it('wants the present password where only the second factor was reset, and counts the guesses', async () => {
  const { email, origin } = await enrolled();
  const token = await accounts().resetSecondFactor(email);
  const read = await enrolments().read(token, origin);
  expect(read).toMatchObject({ email, setsPassword: false });
  const authenticator = new Authenticator(read.seed?.secret ?? '');
  const confirm = (password: string, code = authenticator.code()) =>
    endOf(enrolments().complete({ token, password, code }, origin));
  const ends = await burst(8, () => confirm(NEW_PASSWORD));
  expect(countBy(ends, (end) => end)).toEqual({ invalid_credentials: 5, too_many_attempts: 3 });
  await core.pass(3600);
  expect(await confirm(PASSWORD, authenticator.wrongCode())).toBe('invalid_credentials');
  expect(await confirm(PASSWORD)).toBe('ok');
});

it('applies the policy to a new password, and stores no secret in clear', async () => {
  const email = uniqueEmail('operator');
  const origin = core.origin();
  const token = await accounts().create(email, [BLOCK]);
  const { secret = '' } = (await enrolments().read(token, origin)).seed ?? {};
  const code = new Authenticator(secret).code();
  expect(await endOf(enrolments().complete({ token, password: 'password1', code }, origin))).toBe(
    'password_blocklisted',
  );
  const [row] = await core.query('SELECT to_jsonb(o)::text AS text FROM operators o WHERE email = $1', [
    email,
  ]);
  expect(row?.text).not.toContain(secret);
  expect(row?.text).not.toContain(token);
});

it('exists once for each address in any case, and is unknown by another', async () => {
  const { email } = await enrolled();
  expect(await endOf(accounts().create(email.toUpperCase(), [BLOCK]))).toBe('email_taken');
  expect(await endOf(accounts().create('nobody', [BLOCK]))).toBe('validation_failed');
  expect(await endOf(accounts().disable(uniqueEmail()))).toBe('not_found');
});

it.each([[[]], [['nobody']], [['10.0.0.1/8']]])('makes no operator with the addresses %j', async (allow) => {
  const email = uniqueEmail('operator');
  expect(await endOf(accounts().create(email, allow))).toBe('validation_failed');
  expect((await accounts().list()).map((operator) => operator.email)).not.toContain(email);
  const operator = await enrolled();
  expect(await endOf(accounts().allow(operator.email, allow))).toBe('validation_failed');
  expect(await endOf(signIn(operator))).toBe('ok');
});
