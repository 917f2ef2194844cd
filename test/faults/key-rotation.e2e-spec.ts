import { randomBytes } from 'node:crypto';
import { burst, countBy } from '../support/burst.js';
import { Client } from '../support/client.js';
import { type Account, NEW_PASSWORD, PASSWORD } from '../support/given.js';
import { Inbox } from '../support/inbox.js';
import { isLong } from '../support/long.js';
import { otherCode, uniquePhone } from '../support/phone.js';
import { runProgram } from '../support/programs.js';
import type { Server } from '../support/server.js';
import type { TestApp } from '../support/test-app.js';
import { type Protected, TwoFactor } from '../support/two-factor.js';
import { createAppIn, useWarmProcess } from '../support/warm-process.js';

/** Of the present suite. */
let t: TestApp;
let twoFactor: TwoFactor;
const [old, next] = [randomBytes(32), randomBytes(32)].map((key) => key.toString('base64')) as [
  string,
  string,
];

/** What a server is given in each step of a rotation. */
const STEPS = {
  before: { SECRET_KEY: old },
  accepting: { SECRET_KEY: old, SECRET_KEY_NEXT: next },
  using: { SECRET_KEY: next, SECRET_KEY_PREVIOUS: old },
  after: { SECRET_KEY: next },
};
type Step = keyof typeof STEPS;
const NO_OTHER_KEY = { SECRET_KEY_NEXT: '', SECRET_KEY_PREVIOUS: '' };

const [warm, other] = [useWarmProcess('plain'), useWarmProcess('other')];

const inboxOf = (server: Server) => new Inbox(t.client(null, server));
const post = (server: Server, path: string, body: object) => t.client(null, server).post(path, body);
const statusOf = async (server: Server, path: string, body: object) =>
  (await post(server, path, body)).status;

/** A server with a database of its own, because a step leaves it as the steps before must not find it. */
function useOwnApp(step: Step): void {
  const own = createAppIn(warm, STEPS[step]);
  beforeAll(() => {
    t = own;
    twoFactor = new TwoFactor(own);
  });
}

/** A second server on the database of the suite. */
async function startSecond(step: Step): Promise<Server> {
  return other.serveBeside(t.server, { ...NO_OTHER_KEY, ...STEPS[step] });
}

async function account(server: Server): Promise<Account> {
  const email = `${randomBytes(6).toString('hex')}@example.com`;
  const names = { firstName: 'Olga', lastName: 'Owner', companyName: `Company ${email}` };
  const client = t.client(null, server);
  const { body } = await client.post('/auth/register', { email, password: PASSWORD, ...names });
  const { accessToken, refreshToken, user, tenant } = body;
  await t.database.query('UPDATE users SET email_verified_at = now() WHERE id = $1', [user.id]);
  const signedIn = client.withToken(accessToken);
  return { email, password: PASSWORD, accessToken, refreshToken, user, tenant, client: signedIn };
}

const guarded = async (server: Server): Promise<Protected> => {
  const owner = await account(server);
  return { ...owner, ...(await twoFactor.enable(owner.client)) };
};

const signIn = async (server: Server, { email, password }: Account) =>
  (await post(server, '/auth/login', { email, password })).body;

/** What `one` issues, `other` accepts. */
async function exchange(one: Server, other: Server): Promise<void> {
  const owner = await account(one);
  const refreshed = await post(other, '/auth/refresh', { refreshToken: owner.refreshToken });
  expect(refreshed.status).toBe(200);
  expect(await statusOf(one, '/auth/refresh', { refreshToken: refreshed.body.refreshToken })).toBe(200);
  expect((await new Client(other.origin, owner.accessToken).get('/auth/me')).status).toBe(200);

  await post(one, '/auth/forgot-password', { email: owner.email });
  const token = await inboxOf(one).token(owner.email, 'password-reset');
  expect(await statusOf(other, '/auth/reset-password', { token, newPassword: NEW_PASSWORD })).toBe(200);

  const phone = uniquePhone();
  await post(one, '/auth/otp/request', { phone });
  const { code } = await inboxOf(one).latest(phone, 'otp');
  expect(await statusOf(other, '/auth/otp/verify', { phone, code })).toBe(200);

  const person = await guarded(one);
  const { tempToken } = await signIn(one, person);
  const verified = { tempToken, code: person.authenticator.code() };
  expect(await statusOf(other, '/auth/verify-2fa', verified)).toBe(200);
  const again = { tempToken: (await signIn(other, person)).tempToken, code: person.backupCodes[0] };
  expect(await statusOf(other, '/auth/verify-2fa', again)).toBe(200);
}

/** Guesses at both count together. */
async function guessAtBoth(one: Server, other: Server): Promise<void> {
  const phone = uniquePhone();
  await post(one, '/auth/otp/request', { phone });
  const { code = '' } = await inboxOf(one).latest(phone, 'otp');
  const replies = await burst(20, (index) =>
    post(index % 2 === 0 ? one : other, '/auth/otp/verify', { phone, code: otherCode(code, index + 1) }),
  );
  expect(countBy(replies, ({ status }) => status)).not.toHaveProperty('200');
  const [challenge] = await t.database.query('SELECT attempts_left FROM otp_challenges WHERE id = $1', [
    (await newestChallenge())?.id,
  ]);
  expect(challenge).toEqual({ attempts_left: 0 });
  expect(await statusOf(other, '/auth/otp/verify', { phone, code })).toBe(400);

  const owner = await account(one);
  const before = await counters();
  for (const server of [one, other, one]) {
    const wrong = { email: owner.email, password: `${PASSWORD}-wrong` };
    expect(await statusOf(server, '/auth/login', wrong)).toBe(401);
  }
  const subjects = (await counters()).filter(({ key }) => !before.some((known) => known.key === key));
  expect(subjects.filter(({ failures }) => failures === 3)).toHaveLength(1);
}

const newestChallenge = async () =>
  (
    await t.database.query<{ id: string }>('SELECT id FROM otp_challenges ORDER BY created_at DESC LIMIT 1')
  )[0];
const counters = () =>
  t.database.query<{ key: string; failures: number }>(
    `SELECT encode(key, 'hex') AS key, failures FROM attempts`,
  );

/** The last one: of the server that makes what is in the database, because the old key has made it in any rotation. */
const MIXTURES: [Step, Step, Step][] = [
  ['accepting', 'using', 'accepting'],
  ['before', 'accepting', 'before'],
  ['using', 'after', 'before'],
];
/** The others: `npm run test:faults -- --only key-rotation`. */
describe.each(isLong ? MIXTURES : MIXTURES.slice(0, 1))(
  'while some servers are %s and some %s the new SECRET_KEY',
  (first, second, made) => {
    useOwnApp(made);

    it('each accepts what the other issues, and guesses are counted once', async () => {
      const one = t.server;
      if (first !== made) await one.restart({ ...NO_OTHER_KEY, ...STEPS[first] });
      const two = await startSecond(second);
      await exchange(one, two);
      await exchange(two, one);
      await guessAtBoth(one, two);
      await other.stop();
    });
  },
);

describe('a whole rotation', () => {
  useOwnApp('before');

  it('keeps second factors, backup codes, links and sessions that were used, without the old key', async () => {
    const person = await guarded(t.server);
    const session = await account(t.server);
    const invited = await t.given.invitation(session);
    await t.server.restart(STEPS.accepting);
    const accepting = t.server;
    const using = await startSecond('using');

    const { refreshToken } = session;
    const used = (await post(using, '/auth/refresh', { refreshToken })).body.refreshToken;
    const rekeyed = await runProgram('rekey', [], using);
    expect([rekeyed.code, rekeyed.stderr]).toEqual([0, '']);
    expect(rekeyed.stdout).toMatch(/totp-seed: \d+ read, [1-9]\d* encrypted again/);
    expect(rekeyed.stdout).toContain('Everything is encrypted under SECRET_KEY.');
    expect(rekeyed.stdout).toContain('keep SECRET_KEY_PREVIOUS until');
    // The others still read what was encrypted again
    const { tempToken } = await signIn(accepting, person);
    const code = person.authenticator.code();
    expect(await statusOf(accepting, '/auth/verify-2fa', { tempToken, code })).toBe(200);
    // A use of the seed there has moved it back
    expect((await runProgram('rekey', ['--forget'], using)).stdout).toContain('is forgotten');
    await other.stop();
    await t.server.restart({ ...NO_OTHER_KEY, ...STEPS.after });

    const { server } = t;
    await twoFactor.forgetSteps(person.user.id);
    for (const proof of [person.authenticator.code(), person.backupCodes[0]]) {
      const { tempToken: again } = await signIn(server, person);
      expect(await statusOf(server, '/auth/verify-2fa', { tempToken: again, code: proof })).toBe(200);
    }
    expect(await statusOf(server, '/auth/refresh', { refreshToken: used })).toBe(200);
    const names = { password: PASSWORD, firstName: 'Mia', lastName: 'Member' };
    expect(await statusOf(server, '/auth/invite/accept', { token: invited.token, ...names })).toBe(201);
  });
});
