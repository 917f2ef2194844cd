import { randomUUID } from 'node:crypto';
import { burst, countBy } from '../../support/burst.js';
import { secondsUntil } from '../../support/clock.js';
import { type Account, PASSWORD, unique, uniqueEmail } from '../../support/given.js';
import { useSharedApp } from '../../support/test-app.js';

describe('POST /auth/invite', () => {
  const t = useSharedApp();
  const invite = (by: Account, body: Record<string, unknown> = {}) =>
    by.client.post('/auth/invite', { email: uniqueEmail('invited'), role: 'user', ...body });
  const addRole = (owner: Account, key: string, level: number, permissions: object) =>
    t.database.query(
      'INSERT INTO roles (id, tenant_id, key, name, level, permissions) VALUES ($1, $2, $3, $3, $4, $5)',
      [randomUUID(), owner.tenant.id, key, level, permissions],
    );
  const addPlace = async (owner: Account, table: 'departments' | 'teams') => {
    const id = randomUUID();
    await t.database.query(`INSERT INTO ${table} (id, tenant_id, name) VALUES ($1, $2, 'North')`, [
      id,
      owner.tenant.id,
    ]);
    return id;
  };

  it('returns the invitation, and the secret is in the message only', async () => {
    const owner = await t.given.tenant({ firstName: 'John', lastName: 'Doe' });
    const email = uniqueEmail('invited');

    const reply = await invite(owner, { email });

    expect(reply.status).toBe(201);
    expect(reply.body).toHaveShape({
      id: '550e8400-e29b-41d4-a716-446655440000',
      email,
      role: 'user',
      expiresAt: '2026-01-01T00:00:00.000Z',
      invitedBy: 'John Doe',
    });
    expect(reply.body.phone).toBeNull();
    expect(Object.keys(reply.body).sort()).toEqual([
      'email',
      'expiresAt',
      'id',
      'invitedBy',
      'phone',
      'role',
    ]);
    const days = secondsUntil(reply.body.expiresAt) / 86_400;
    expect(days).toBeCloseTo(3, 2);
    expect(reply.text).not.toContain(await t.inbox.token(email, 'invitation'));
  });

  it('sends a message that names inviter, tenant and role, with a link to the configured origin', async () => {
    const companyName = `Nordic ${unique()}`;
    const owner = await t.given.tenant({ firstName: 'John', lastName: 'Doe', companyName });
    const { email } = await t.given.invitation(owner);
    const message = await t.inbox.latest(email, 'invitation');
    expect(message.text).toContain('John Doe');
    expect(message.text).toContain(companyName);
    expect(message.text).toContain('User');
    expect(message.link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[^?]*#token=[\w-]{43}$/);
    expect(message.text).toContain(message.link);
  });

  it.each<[string, Record<string, string>]>([
    ['Host', { host: 'evil.example' }],
    ['X-Forwarded-Host', { 'x-forwarded-host': 'evil.example' }],
  ])('builds the link from the configured address, whatever %s says', async (_, headers) => {
    const owner = await t.given.tenant();
    const email = uniqueEmail('invited');
    await owner.client.post('/auth/invite', { email, role: 'user' }, { headers });
    expect(JSON.stringify(await t.inbox.latest(email, 'invitation'))).not.toContain('evil.example');
  });

  describe('roles', () => {
    it('may have the inviter’s level or a lower one', async () => {
      const owner = await t.given.tenant();
      const manager = await t.given.member(owner, 'manager');
      expect((await invite(owner, { role: 'admin' })).status).toBe(201);
      expect((await invite(manager, { role: 'manager' })).status).toBe(201);
      expect((await invite(manager, { role: 'user' })).status).toBe(201);
      expect(await invite(manager, { role: 'admin' })).toBeProblem('role_level_exceeded');
    });

    it('may not have a permission that the inviter lacks, whatever the level', async () => {
      const owner = await t.given.tenant();
      const manager = await t.given.member(owner, 'manager');
      await addRole(owner, 'keymaster', 20, { settings: { edit: true } });
      expect(await invite(manager, { role: 'keymaster' })).toBeProblem('role_level_exceeded');
      expect((await invite(owner, { role: 'keymaster' })).status).toBe(201);
    });

    it.each(['nobody', 'ADMIN ', '', 'constructor', '__proto__', `' OR '1'='1`])(
      'cannot be %j',
      async (role) => {
        const reply = await invite(await t.given.tenant(), { role });
        expect(reply.status).toBe(400);
        expect(reply.body.code).toMatch(/^(role_not_found|validation_failed)$/);
      },
    );

    it('of another tenant do not exist', async () => {
      const [owner, stranger] = [await t.given.tenant(), await t.given.tenant()];
      await addRole(stranger, 'auditor', 5, {});
      const [theirs, random] = [
        await invite(owner, { role: 'auditor' }),
        await invite(owner, { role: 'nothing' }),
      ];
      expect(theirs).toBeProblem('role_not_found');
      expect({ ...theirs.body, instance: '' }).toEqual({ ...random.body, instance: '' });
    });

    it('without the permission to invite cannot invite', async () => {
      const member = await t.given.member(await t.given.tenant());
      expect(await invite(member)).toBeProblem('permission_missing');
    });
  });

  describe('departments and teams', () => {
    it('are stored until the person joins', async () => {
      const owner = await t.given.tenant();
      const [departmentId, teamId] = [await addPlace(owner, 'departments'), await addPlace(owner, 'teams')];
      const email = uniqueEmail('invited');
      expect((await invite(owner, { email, departmentId, teamIds: [teamId] })).status).toBe(201);
      const token = await t.inbox.token(email, 'invitation');
      const names = { firstName: 'Ines', lastName: 'Invited', password: PASSWORD };
      const { body } = await t.post('/auth/invite/accept', { token, ...names });
      const me = (await t.client(body.accessToken).get('/auth/me')).body;
      expect(me).toMatchObject({ departmentId, teamIds: [teamId] });
    });

    it('of another tenant get the response of unknown ids', async () => {
      const [owner, stranger] = [await t.given.tenant(), await t.given.tenant()];
      const visible = (reply: Awaited<ReturnType<typeof invite>>) => ({ ...reply.body, instance: '' });

      const department = await invite(owner, { departmentId: await addPlace(stranger, 'departments') });
      expect(department).toBeProblem('department_not_found');
      expect(visible(department)).toEqual(visible(await invite(owner, { departmentId: randomUUID() })));

      const team = await invite(owner, { teamIds: [await addPlace(stranger, 'teams')] });
      expect(team).toBeProblem('team_not_found');
      expect(visible(team)).toEqual(visible(await invite(owner, { teamIds: [randomUUID()] })));
    });

    it.each([
      [{ departmentId: 'x' }],
      [{ departmentId: 1 }],
      [{ teamIds: 'x' }],
      [{ teamIds: ['x'] }],
      [{ teamIds: [null] }],
    ])('refuse %j', async (body) => {
      expect(await invite(await t.given.tenant(), body)).toBeProblem('validation_failed');
    });

    it('are limited in number', async () => {
      const teamIds = Array.from({ length: 200 }, () => randomUUID());
      expect(await invite(await t.given.tenant(), { teamIds })).toBeProblem('validation_failed');
    });
  });

  it.each([
    [{ email: undefined }],
    [{ email: 'x' }],
    [{ email: null }],
    [{ email: ['a@example.com', 'b@example.com'] }],
    [{ email: 'a@example.com,b@example.com' }],
    [{ email: 'a@example.com\r\nBcc: b@example.com' }],
    [{ role: undefined }],
    [{ role: 1 }],
    [{ firstName: 'https://evil.example' }],
    [{ roleLevel: 100 }],
    [{ tenantId: '0192f3a0-0000-7000-8000-000000000000' }],
    [{ permissions: {} }],
    [{ invitedBy: 'The President' }],
    [{ expiresAt: '2099-01-01T00:00:00Z' }],
  ])('refuses %j', async (body) => {
    expect(await invite(await t.given.tenant(), body)).toBeProblem('validation_failed');
  });

  it('requires a signed-in person', async () => {
    const body = { email: uniqueEmail(), role: 'user' };
    expect(await t.post('/auth/invite', body)).toBeProblem('authentication_required');
    expect(await t.inbox.messages(body.email)).toEqual([]);
  });

  it('is refused for a member', async () => {
    const owner = await t.given.tenant();
    const member = await t.given.member(owner);
    expect(await invite(owner, { email: member.email.toUpperCase() })).toBeProblem('already_member');
  });

  it('does not reveal who is a member to an inviter who may not see the members', async () => {
    const owner = await t.given.tenant();
    const permissions = { invitations: { create: true } };
    const role = { key: 'recruiter', name: 'Recruiter', level: 40, permissions };
    expect((await owner.client.post('/tenants/current/roles', role)).status).toBe(201);
    const recruiter = await t.given.member(owner, 'recruiter');
    const lower = { ...role, key: 'guest', name: 'Guest', level: 5, permissions: {} };
    expect((await owner.client.post('/tenants/current/roles', lower)).status).toBe(201);
    const offer = (email: string) => recruiter.client.post('/auth/invite', { email, role: 'guest' });
    const [member, stranger] = [await offer(owner.email), await offer(uniqueEmail())];
    expect([member.status, stranger.status]).toEqual([201, 201]);
    expect(Object.keys(member.body)).toEqual(Object.keys(stranger.body));
  });

  it('does not reveal whether the address has an account elsewhere', async () => {
    const owner = await t.given.tenant();
    const elsewhere = await t.given.verifiedTenant();
    const [known, unknown] = [await invite(owner, { email: elsewhere.email }), await invite(owner)];
    expect(known.status).toBe(unknown.status);
    expect(Object.keys(known.body)).toEqual(Object.keys(unknown.body));
  });

  describe('a second invitation of the same address', () => {
    it('replaces the first', async () => {
      const owner = await t.given.tenant();
      const first = await t.given.invitation(owner);
      const second = await t.given.invitation(owner, { email: first.email.toUpperCase(), role: 'manager' });
      expect(await t.get(`/auth/invite/validate?token=${first.token}`)).toBeProblem(
        'invitation_already_used',
      );
      expect((await t.get(`/auth/invite/validate?token=${second.token}`)).body.roleName).toBe('Manager');
    });

    it('leaves one open invitation after a parallel burst', async () => {
      const owner = await t.given.tenant();
      const email = uniqueEmail('invited');
      const replies = await burst(20, () => invite(owner, { email }));
      expect(countBy(replies, (reply) => reply.status)).toEqual({ 201: 20 });
      const messages = await t.inbox.messages(email, 'invitation');
      const tokens = messages.map((message) => /token=([\w-]+)/.exec(message.link ?? '')?.[1]);
      const validated = await Promise.all(
        tokens.map((token) => t.get(`/auth/invite/validate?token=${token}`)),
      );
      expect(countBy(validated, (reply) => reply.status)).toEqual({ 200: 1, 400: 19 });
    });

    it('of another tenant does not affect the first', async () => {
      const first = await t.given.invitation(await t.given.tenant());
      await t.given.invitation(await t.given.tenant(), { email: first.email });
      expect((await t.get(`/auth/invite/validate?token=${first.token}`)).status).toBe(200);
    });
  });
});
