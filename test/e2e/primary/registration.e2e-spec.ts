import { burst, countBy } from '../../support/burst.js';
import { PASSWORD, unique, uniqueEmail } from '../../support/given.js';
import { UUID } from '../../support/shape.js';
import { useSharedApp } from '../../support/test-app.js';

describe('POST /auth/register', () => {
  const t = useSharedApp();
  const register = (overrides: Record<string, unknown> = {}) =>
    t.post('/auth/register', t.given.registration(overrides));
  const countOf = async (table: string) =>
    Number((await t.database.query<{ count: string }>(`SELECT count(*) FROM ${table}`))[0]?.count);

  it('makes the person the administrator of a new tenant and signs them in', async () => {
    const owner = await t.given.unverifiedTenant({ firstName: 'Ada', lastName: 'Lovelace' });

    const { status, body } = await owner.client.get('/auth/me');

    expect(status).toBe(200);
    expect(body).toMatchObject({
      email: owner.email,
      firstName: 'Ada',
      lastName: 'Lovelace',
      role: 'admin',
      roleLevel: 100,
      avatar: null,
      departmentId: null,
      teamIds: [],
      emailVerified: false,
      tenant: { slug: owner.tenant.slug },
    });
    expect(body.id).toMatch(UUID);
  });

  it('returns the lifetime of the access token', async () => {
    expect((await register()).body.expiresIn).toBe(3600);
  });

  it('creates a password that signs in at once', async () => {
    const owner = await t.given.tenant();
    expect((await t.given.login(owner)).user.id).toBe(owner.user.id);
  });

  it('gives every new administrator all permissions in their own tenant', async () => {
    const owner = await t.given.tenant();
    const { permissions } = (await owner.client.get('/auth/me')).body;
    const granted = Object.values(permissions).flatMap((actions) => Object.values(actions));
    expect(Object.keys(permissions)).toEqual(
      expect.arrayContaining([
        'leads',
        'members',
        'invitations',
        'roles',
        'settings',
        'apiKeys',
        'auditEvents',
      ]),
    );
    expect(new Set(granted)).toEqual(new Set([true]));
  });

  it('sends a link that verifies the address', async () => {
    const owner = await t.given.tenant();
    const message = await t.inbox.latest(owner.email, 'verify-email');
    expect(message).toMatchObject({ channel: 'email', to: owner.email });
    expect(message.link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/.*token=[\w-]{43}$/);
  });

  describe('one address, one account', () => {
    it.each([
      ['another letter case', (email: string) => email.toUpperCase()],
      ['spaces around it', (email: string) => `  ${email} `],
      ['full-width letters', (email: string) => email.replace('person', '\uff50erson')],
      ['a dot after the domain', (email: string) => `${email}.`],
    ])('is enforced against %s', async (_, variant) => {
      const email = uniqueEmail();
      await t.given.tenant({ email });
      expect((await register({ email: variant(email) })).status).not.toBe(201);
      const [row] = await t.database.query<{ count: string }>(
        'SELECT count(*) FROM users WHERE email ILIKE $1',
        [`%${email.slice(0, 17)}%`],
      );
      expect(row?.count).toBe('1');
    });

    it('accepts the address in another letter case at sign-in', async () => {
      const owner = await t.given.tenant();
      const body = {
        tenantSlug: owner.tenant.slug,
        email: owner.email.toUpperCase(),
        password: owner.password,
      };
      expect((await t.post('/auth/login', body)).status).toBe(200);
    });

    it('is enforced in a parallel burst', async () => {
      const email = uniqueEmail();
      const replies = await burst(20, () => register({ email }));
      expect(countBy(replies, (reply) => reply.status)).toEqual({ 201: 1, 409: 19 });
      expect(replies.find((reply) => reply.status === 409)).toBeProblem('email_taken');
    });
  });

  describe('one company name, one tenant', () => {
    it('is enforced against another letter case and spacing', async () => {
      const name = `Nordic Pine ${unique()}`;
      await t.given.tenant({ companyName: name });
      expect(await register({ companyName: name.toUpperCase() })).toBeProblem('company_name_taken');
      const spaced = ` ${name.replaceAll(' ', '  ')} `;
      expect(await register({ companyName: spaced })).toBeProblem('company_name_taken');
    });

    it('is enforced in a parallel burst, and leaves nothing of the refused requests', async () => {
      const companyName = `Burst ${unique()}`;
      const before = await countOf('users');
      const replies = await burst(20, () => register({ companyName }));
      expect(countBy(replies, (reply) => reply.status)).toEqual({ 201: 1, 409: 19 });
      expect(await countOf('users')).toBe(before + 1);
    });

    it('creates a slug for a name without Latin letters', async () => {
      const owner = await t.given.tenant({ companyName: `東京 ${'ー'.repeat(3)}${unique()}` });
      expect(owner.tenant.slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(owner.tenant.companyName).toContain('東京');
    });
  });

  it.each([
    ['email', 'no-address'],
    ['email', 'two@at@example.com '],
    ['email', `zero\u200bwidth@example.com`],
    ['email', `soft\u00adhyphen@example.com`],
    ['email', `${'a'.repeat(320)}@example.com`],
    ['email', 'line\r\nbcc: other@example.com'],
    ['email', { $ne: null }],
    ['email', ['a@example.com']],
    ['email', null],
    ['password', 12345678901],
    ['password', ['a', 'b']],
    ['companyName', ''],
    ['companyName', '   '],
    ['companyName', 'x'.repeat(1000)],
    ['companyName', 'Win at https://evil.example'],
    ['companyName', 'Line\r\nBreak'],
    ['firstName', ''],
    ['firstName', 'x'.repeat(1000)],
    ['firstName', 'Click https://evil.example now'],
    ['lastName', 'zero\u200bwidth'],
    ['lastName', true],
  ])('refuses %s = %j and changes nothing', async (field, value) => {
    const before = await countOf('users');
    const reply = await register({ [field]: value });
    expect(reply).toBeProblem('validation_failed');
    expect(reply.body.errors?.[0]?.pointer).toBe(`#/${field}`);
    expect(await countOf('users')).toBe(before);
  });

  it.each([
    'id',
    'role',
    'roleLevel',
    'tenantId',
    'isVerified',
    'emailVerified',
    'status',
    'permissions',
    'slug',
  ])('refuses the field %s, which the caller may not set', async (field) => {
    const reply = await register({ [field]: 'x' });
    expect(reply).toBeProblem('validation_failed');
    expect(reply.body.errors?.[0]?.pointer).toBe(`#/${field}`);
  });

  it('names every invalid field at once', async () => {
    const reply = await t.post('/auth/register', { email: 'x', password: PASSWORD, extra: 1 });
    const pointers = reply.body.errors?.map((error) => error.pointer);
    expect(pointers).toEqual(
      expect.arrayContaining(['#/email', '#/companyName', '#/firstName', '#/lastName', '#/extra']),
    );
  });
});
