import { burst, countBy } from '../../support/burst.js';
import { PASSWORD, uniqueEmail } from '../../support/given.js';
import { holdInserts, untilWaitedFor } from '../../support/locks.js';
import { LOOPBACK, Operators, WHY } from '../../support/operators.js';
import { runProgram } from '../../support/programs.js';
import { useSharedApp } from '../../support/test-app.js';
import { Authenticator } from '../../support/totp.js';
import { useWarmProcess } from '../../support/warm-process.js';

const beside = useWarmProcess();
const t = useSharedApp({ PLATFORM_ENABLED: 'true' });
const operators = new Operators(t);

describe('an operator', () => {
  it('who is disabled acts no more, on any server, and acts that run end before', async () => {
    const other = await operators.signedIn();
    const owners = await Promise.all(Array.from({ length: 10 }, () => t.given.tenant()));
    const onSecond = t.client(other.token, await beside.serveBeside(t.server));
    const suspensions = owners.map(({ tenant }) =>
      other.client.post<{ changed?: boolean }>(`/platform/tenants/${tenant.id}/suspend`, WHY),
    );
    const acted = () =>
      t.database.query(
        `SELECT a.id FROM audit_events a JOIN operators o ON o.id = a.actor_id
         WHERE o.email = $1 AND a.action = 'tenant.suspended' ORDER BY a.id`,
        [other.email],
      );
    const disabled = await operators.command('disable', other.email);
    const ended = await acted();
    expect(disabled).toEqual({ changed: true });
    const after = await burst(20, () => other.client.get('/platform/auth/me'));
    expect(countBy(after, ({ status }) => status)).toEqual({ 401: 20 });
    expect((await onSecond.get('/platform/auth/me')).status).toBe(401);
    for (const reply of await Promise.all(suspensions)) expect([200, 401]).toContain(reply.status);
    expect(await acted()).toEqual(ended);
    expect(await operators.command('enable', other.email)).toEqual({ changed: true });
    expect((await other.client.get('/platform/auth/me')).status).toBe(401);
  });

  it('is disabled after the act that runs, for which the command waits', async () => {
    const [other, owner] = [await operators.signedIn(), await t.given.tenant()];
    // The last statement of the act, which the command has not
    const release = await holdInserts(t.database, 'messages');
    const suspension = other.client.post(`/platform/tenants/${owner.tenant.id}/suspend`, WHY);
    await untilWaitedFor(t.database);
    let isDisabled = false;
    const disabling = operators.command('disable', other.email).finally(() => (isDisabled = true));
    await Promise.race([disabling, untilWaitedFor(t.database, 2)]);
    const wasEarly = isDisabled;
    await release();
    expect(wasEarly).toBe(false);
    expect(await suspension).toMatchObject({ status: 200, body: { changed: true } });
    expect(await disabling).toEqual({ changed: true });
  });

  it('has a token that works from the address of the sign-in only, until the sign-out', async () => {
    const other = await operators.signedIn();
    expect((await other.client.get('/platform/auth/me')).status).toBe(200);
    expect(await t.client(other.token).get('/platform/auth/me')).toBeProblem('access_token_invalid');
    expect((await other.client.post('/platform/auth/sign-out')).status).toBe(204);
    expect(await other.client.get('/platform/auth/me')).toBeProblem('access_token_invalid');
  });

  it('signs in with password and code from an allowed address only, and the refusals are the same', async () => {
    const email = uniqueEmail('operator');
    const client = t.client();
    const token = await operators.create(email, `${client.address}/32`);
    const elsewhere = t.client();
    expect(await elsewhere.post('/platform/auth/enrolment', { enrolmentToken: token })).toBeProblem(
      'enrolment_token_invalid',
    );
    const authenticator = await operators.enrol(token, client);
    const code = authenticator.nextCode();
    const right = { email, password: PASSWORD, code };
    const wrong = [
      [t.client(), right],
      [client, { ...right, password: 'wrong' }],
      [client, { ...right, code: authenticator.wrongCode() }],
      [client, { ...right, code: authenticator.code() }],
      [t.client(), { ...right, email: uniqueEmail('nobody') }],
    ] as const;
    const bodies = new Set<string>();
    for (const [from, body] of wrong) {
      const reply = await from.post<Record<string, unknown>>('/platform/auth/sign-in', body);
      expect(reply).toBeProblem('invalid_credentials');
      bodies.add(JSON.stringify({ ...reply.body, instance: null }));
    }
    expect(bodies.size).toBe(1);
    expect((await client.post('/platform/auth/sign-in', right)).status).toBe(200);
    expect(await client.post('/platform/auth/sign-in', right)).toBeProblem('invalid_credentials');
  });

  it('uses an enrolment token and a code once, in a burst', async () => {
    const email = uniqueEmail('operator');
    const enrolmentToken = await operators.create(email);
    const client = t.client();
    const { body } = await client.post<{ secret: string; setsPassword: boolean }>(
      '/platform/auth/enrolment',
      {
        enrolmentToken,
      },
    );
    expect(body.setsPassword).toBe(true);
    const authenticator = new Authenticator(body.secret);
    const confirm = { enrolmentToken, password: PASSWORD, code: authenticator.code() };
    const weak = { ...confirm, password: 'iloveyou' };
    expect((await client.post('/platform/auth/enrolment/confirm', weak)).status).toBe(400);
    const ends = await burst(4, () => t.post('/platform/auth/enrolment/confirm', confirm));
    expect(ends.filter(({ status }) => status === 204)).toHaveLength(1);
    const signIn = { email, password: PASSWORD, code: authenticator.nextCode() };
    const signIns = await burst(4, () => t.post('/platform/auth/sign-in', signIn));
    expect(signIns.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await t.post('/platform/auth/enrolment', { enrolmentToken })).toBeProblem(
      'enrolment_token_invalid',
    );
  });

  it('loses sessions with a reset, and sets only what was reset', async () => {
    const other = await operators.signedIn();
    const token = String((await operators.command('reset-password', other.email)).enrolmentToken);
    expect((await other.client.get('/platform/auth/me')).status).toBe(401);
    const read = await t.post('/platform/auth/enrolment', { enrolmentToken: token });
    expect(read.body).toMatchObject({ setsPassword: true, secret: null, otpauthUri: null, qrCode: null });
    const second = String((await operators.command('reset-second-factor', other.email)).enrolmentToken);
    expect(await t.post('/platform/auth/enrolment', { enrolmentToken: token })).toBeProblem(
      'enrolment_token_invalid',
    );
    const authenticator = await operators.enrol(second);
    expect(authenticator.secret).not.toBe(other.authenticator.secret);
    await operators.signIn({ ...other, authenticator });
  });

  it('exists once for each address, and is listed by npm run admin', async () => {
    const { email } = await operators.signedIn();
    await expect(operators.create(email.toUpperCase())).rejects.toThrow('email_taken');
    const program = (...args: string[]) => runProgram('admin', ['operator', ...args, '--json'], t.server);
    const again = await program('create', email, '--allow', LOOPBACK);
    expect([again.code, again.stdout]).toEqual([1, expect.stringContaining('email_taken')]);
    const list = await program('list');
    expect([list.code, list.stderr]).toEqual([0, '']);
    const { operators: listed } = JSON.parse(list.stdout) as { operators: object[] };
    expect(listed).toContainEqual(
      expect.objectContaining({ email, status: 'active', allowedAddresses: [LOOPBACK] }),
    );
  });
});
