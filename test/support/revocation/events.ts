import type { Client, Reply } from '../client.js';
import { NEW_PASSWORD, unique, uniqueEmail } from '../given.js';
import { runProgram } from '../programs.js';
import { MEMBERS } from '../tenant.js';
import type { TestApp } from '../test-app.js';
import { TwoFactor } from '../two-factor.js';
import type { Event } from './matrix.js';
import { actingAs, type Subject } from './subject.js';

/** The identifier after it. */
type Changes = Partial<Subject>;
type Act = (t: TestApp, subject: Subject, acting: Client) => Promise<Changes | void>;

const byOperator = async (t: TestApp, ...command: string[]) => {
  const why = ['--reason', 'a test', '--reference', 'case 1'];
  const { code, stderr } = await runProgram('admin', [...command, ...why], t.server);
  if (code !== 0) throw new Error(`The operator’s command ended with ${code}: ${stderr}`);
};

/** A code of the person's factor that was not used. */
const backupCode = ({ factor }: Subject, index = 0): string => factor?.backupCodes[index] ?? '';

const byOwner = (method: string, path: (subject: Subject) => string, body?: object): Act => {
  return async (_, subject) => {
    demand(await subject.owner.client.send(method, path(subject), body));
  };
};
const memberPath = ({ userId }: Subject) => `${MEMBERS}/${userId}`;

/** Each is sent to the server that the person's clients use. */
const ACTS: Record<Event, Act> = {
  logout: async (_t, _subject, acting) => {
    demand(await acting.post('/auth/logout'));
  },
  'logout everywhere': async (_t, _subject, acting) => {
    demand(await acting.post('/auth/logout', { all: true }));
  },
  'session ended by its person': async (t, { own, other }) => {
    const { data } = demand(await t.client(own.accessToken).get('/auth/sessions')).body;
    const id = data.find(({ current }) => current)?.id;
    demand(await t.client(other.accessToken).delete(`/auth/sessions/${id}`));
  },
  'sessions ended by an administrator': byOwner('DELETE', (subject) => `${memberPath(subject)}/sessions`),
  'organisation switched': async (_t, _subject, acting) => {
    const { body } = demand(await acting.post('/users/me/organisations', { name: `Own ${unique()}` }));
    demand(await acting.post('/users/me/switch-org', { orgId: body.id }));
  },
  'password change': async (_t, { password }, acting) => {
    const body = { currentPassword: password, newPassword: NEW_PASSWORD };
    const { body: fresh } = demand(await acting.post('/auth/change-password', body));
    return { fresh, password: NEW_PASSWORD };
  },
  'password reset by link': async (t, { resetLink: token }) => {
    demand(await t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD }));
    return { password: NEW_PASSWORD };
  },
  'password reset by code': async (t, { phone, recoveryCode: code }) => {
    demand(await t.post('/auth/reset-password', { phone, code, newPassword: NEW_PASSWORD }));
    return { password: NEW_PASSWORD };
  },
  'second factor on': async (t, _subject, acting) => {
    const { authenticator } = await new TwoFactor(t).enrol(acting);
    return { fresh: demand(await acting.post('/auth/confirm-2fa', { code: authenticator.code() })).body };
  },
  'second factor off': async (_t, subject, acting) => {
    const body = { password: subject.password, code: backupCode(subject) };
    return { fresh: demand(await acting.post('/auth/disable-2fa', body)).body, lostFactor: true };
  },
  'backup codes renewed': async (_t, subject, acting) => {
    demand(
      await acting.post('/auth/backup-codes', { password: subject.password, code: backupCode(subject) }),
    );
  },
  'second factor required': async (t, { owner }) => {
    await new TwoFactor(t).enable(owner.client);
    const policies = { requireTwoFactor: true };
    demand(await owner.client.patch('/tenants/current', { policies }));
  },
  'role change': byOwner('PATCH', memberPath, { role: 'user' }),
  'member suspended': byOwner('POST', (subject) => `${memberPath(subject)}/suspend`),
  removal: byOwner('DELETE', memberPath),
  'organisation left': async (_t, { tenantId }, acting) => {
    demand(await acting.delete(`/users/me/organisations/${tenantId}`));
  },
  'person blocked': async (t, { userId }) => {
    await byOperator(t, 'person', 'block', userId);
  },
  'signed out by an operator': async (t, { userId }) => {
    await byOperator(t, 'person', 'sign-out', userId);
  },
  'second factor removed by an operator': async (t, { userId }) => {
    await byOperator(t, 'person', 'remove-second-factor', userId);
    return { lostFactor: true };
  },
  'tenant suspended': async (t, { tenantId }) => {
    await byOperator(t, 'tenant', 'suspend', tenantId);
  },
  'tenant deleted': async (t, { tenantId }) => {
    await byOperator(t, 'tenant', 'delete', tenantId);
  },
  'API key revoked': async (_t, { key }, acting) => {
    demand(await acting.delete(`/auth/api-keys/${key.id}`));
  },
  'invitation revoked': async (_t, { invitationSent }, acting) => {
    demand(await acting.delete(`/tenants/current/invitations/${invitationSent.id}`));
  },
  'trusted device forgotten': async (_t, _subject, acting) => {
    const { data } = demand(await acting.get('/auth/trusted-devices')).body;
    for (const { id } of data) demand(await acting.delete(`/auth/trusted-devices/${id}`));
  },
  'refresh token reused': async (t, { own: { refreshToken } }) => {
    const { body: newest } = demand(await t.post('/auth/refresh', { refreshToken }));
    const reused = await t.post('/auth/refresh', { refreshToken });
    if (reused.status !== 401) throw new Error(`A second use got ${reused.status}`);
    return { own: newest };
  },
  'e-mail change': async (t, subject, acting) => {
    const email = uniqueEmail('changed');
    const body = { email, currentPassword: subject.password, code: backupCode(subject) };
    demand(await acting.patch('/auth/me', body));
    const token = await t.inbox.token(email, 'verify-email');
    demand(await acting.post('/auth/verify-email', { token }));
    return { email, acceptsWith: subject.own.accessToken };
  },
  'account deletion': async (_t, subject, acting) => {
    const body = { password: subject.password, code: backupCode(subject) };
    demand(await acting.delete('/users/me', body));
  },
  'take-over by a reset link': async (t, { resetLink: token }) => {
    demand(await t.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD }));
    return { password: NEW_PASSWORD, lostFactor: true };
  },
  'take-over by an invitation': async (t, { invitationReceived: { token } }) => {
    const names = { firstName: 'Vera', lastName: 'Victim' };
    demand(await t.post('/auth/invite/accept', { token, password: NEW_PASSWORD, ...names }));
    return { password: NEW_PASSWORD, lostFactor: true };
  },
};

/** Causes the event, and returns the person as they are afterwards. */
export async function act(t: TestApp, event: Event, subject: Subject): Promise<Subject> {
  const changes = await ACTS[event](t, subject, actingAs(t, subject));
  return { ...subject, ...changes };
}

function demand(reply: Reply): Reply {
  if (reply.status < 300) return reply;
  throw new Error(`An event got ${reply.status} ${reply.text}`);
}
