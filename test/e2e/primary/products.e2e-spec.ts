import { unique, uniqueEmail } from '../../support/given.js';
import { createProductsFolder, removeProductsFolder } from '../../support/products.js';
import { Server } from '../../support/server.js';
import { createTestApp } from '../../support/test-app.js';

interface MeAnswer {
  role: string;
  permissions: Record<string, Record<string, boolean>>;
  tenant: { id: string };
}

const PASSWORD = 'correct horse battery';
const folder = createProductsFolder({
  'languages/ta.json': { 'verify-email.subject': 'மின்னஞ்சலை உறுதிப்படுத்தவும்' },
});

describe('a fourth product, which is files only', () => {
  const t = createTestApp({ PRODUCTS_DIR: folder });
  afterAll(() => removeProductsFolder(folder));

  async function register(path: string, acceptLanguage?: string) {
    const [email, client] = [uniqueEmail('founder'), t.client()];
    const names = { companyName: `Company ${unique()}`, firstName: 'Deepa', lastName: 'Das' };
    const headers = acceptLanguage === undefined ? undefined : { 'accept-language': acceptLanguage };
    const body = { email, password: PASSWORD, ...names };
    const { status, body: tokens } = await client.post<{ accessToken: string }>(
      `${path}/auth/register`,
      body,
      {
        headers,
      },
    );
    expect(status).toBe(201);
    return { email, client: client.withToken(tokens.accessToken) };
  }

  const may = async (as: { client: ReturnType<typeof t.client> }, resource: string, action: string) => {
    const { status, body } = await as.client.post<{ allowed: boolean }>('/auth/authorize', {
      resource,
      action,
    });
    return status === 200 ? body.allowed : status;
  };

  it('has roles and permissions of its own, at a path of its own', async () => {
    const owner = await register('/clinic');
    const { body } = await owner.client.get<MeAnswer>('/clinic/auth/me');
    expect(body.role).toBe('owner');
    expect(body.permissions.dental_charts).toEqual({ view: true, edit: true, sign: true });
    expect(body.permissions.leads).toBeUndefined();

    const roles = await owner.client.get<{ data: { key: string; level: number }[] }>(
      '/tenants/current/roles',
    );
    expect(roles.body.data.map(({ key, level }) => [key, level])).toEqual([
      ['owner', 100],
      ['dentist', 60],
      ['reception', 20],
    ]);
  });

  it('is what authorize speaks of, in every contract', async () => {
    const [owner, other] = [await register('/clinic'), await register('')];
    expect(await may(owner, 'dental_charts', 'sign')).toBe(true);
    expect(await may(owner, 'leads', 'view')).toBe(false);
    expect(await may(other, 'dental_charts', 'view')).toBe(false);
    expect(await may(other, 'leads', 'view')).toBe(true);
    expect(await may(other, 'dental_charts', 'create')).toBe(400);
    expect(await may(other, 'ghosts', 'view')).toBe(400);
  });

  it('leaves API keys no scope on what it closes to them', async () => {
    const { client } = await register('/clinic');
    const refused = await client.post('/auth/api-keys', { name: 'CI', scopes: ['dental_charts.view'] });
    expect(refused.status).toBe(403);
    const { status, body } = await client.post<{ scopes: string[] }>('/clinic/auth/api-keys', { name: 'CI' });
    expect([status, body.scopes]).toEqual([
      201,
      ['appointments.view', 'appointments.create', 'appointments.cancel'],
    ]);
  });

  it('sends messages in its own name, which lead to its own application', async () => {
    const { email } = await register('/clinic');
    const message = await t.inbox.latest(email, 'verify-email');
    expect(message.link).toMatch(/^https:\/\/clinic\.example\.com\/verify-email#token=/);
    expect(message.text).toMatch(/-- \nSmile Clinic\n$/);

    const other = await t.inbox.latest((await register('')).email, 'verify-email');
    expect(other.link).toMatch(/^http:\/\/127\.0\.0\.1/);
    expect(other.text).not.toContain('Smile');
  });

  it('answers in its contract’s form, also to what is not there', async () => {
    for (const path of [
      ...[
        '/clinic/nothing',
        '/clinic',
        '/clinic/auth/nothing?x=1',
        '/clinic/health/live',
        '/clinic/%68ealth/live',
      ],
      ...['/clinic/metrics', '/clinic/dev/messages', '/clinic/api/v1/auth/me', '/clinic/clinic/auth/me'],
    ]) {
      const { status, headers } = await t.client().get(path);
      expect([path, status, headers['content-type']]).toEqual([
        path,
        404,
        expect.stringContaining('application/problem+json'),
      ]);
    }
    expect((await t.client().get('/clinicx/health/live')).status).toBe(404);
  });

  it.each([
    ['hi-IN,hi;q=0.9,en;q=0.8', 'अपने ई-मेल पते की पुष्टि करें'],
    ['ta', 'மின்னஞ்சலை உறுதிப்படுத்தவும்'],
    ['fr, en', 'Confirm your e-mail address'],
  ])('writes in the language of a request with %s', async (acceptLanguage, subject) => {
    const { email } = await register('/clinic', acceptLanguage);
    expect((await t.inbox.latest(email, 'verify-email')).subject).toBe(subject);
  });

  it('writes in the language of the person, else of the organisation, else of the request', async () => {
    const owner = await t.given.tenant();
    const invite = async () => {
      const to = uniqueEmail('invited');
      await owner.client.post(
        '/auth/invite',
        { email: to, role: 'user' },
        { headers: { 'accept-language': 'en' } },
      );
      return (await t.inbox.latest(to, 'invitation')).subject;
    };
    expect(await invite()).toBe(`You are invited to join ${owner.tenant.companyName}`);
    await owner.client.patch('/tenants/current', { locale: 'hi' });
    expect(await invite()).toBe(`आपको ${owner.tenant.companyName} से जुड़ने का निमंत्रण है`);

    const forgot = async () => {
      await t.client().post('/auth/forgot-password', { email: owner.email });
      return (await t.inbox.latest(owner.email, 'password-reset')).subject;
    };
    expect(await forgot()).toBe('अपना पासवर्ड रीसेट करें');
    const person = await t.given.login(owner);
    await person.client.patch('/auth/me', { locale: 'en-GB' });
    expect(await forgot()).toBe('Reset your password');
  });

  it('grants nothing that a file no longer names, and keeps roles editable', async () => {
    const owner = await register('/clinic');
    const { body: me } = await owner.client.get<MeAnswer>('/auth/me');
    await t.database.query(
      `UPDATE roles SET permissions = permissions || '{"ghosts": {"view": true}}' #- '{dental_charts,sign}'
       WHERE tenant_id = $1`,
      [me.tenant.id],
    );
    const { permissions } = (await owner.client.get<MeAnswer>('/auth/me')).body;
    expect(permissions.ghosts).toBeUndefined();
    // What a file adds, owners of old tenants have, too
    expect(permissions.dental_charts?.sign).toBe(true);

    const { data } = (
      await owner.client.get<{ data: { id: string; key: string; permissions: object }[] }>(
        '/tenants/current/roles',
      )
    ).body;
    const dentist = data.find(({ key }) => key === 'dentist');
    expect(Object.keys(dentist?.permissions ?? {})).not.toContain('ghosts');
  });
});

it('a mistake in a file ends the start with 78, the path in the file and an example, beside those of variables', async () => {
  const wrong = createProductsFolder({
    'clinic.json': { name: 'Clinic', contract: 'soap' },
    'katixo.json': '{',
  });
  try {
    const settings = {
      DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
      PRODUCTS_DIR: wrong,
      PORT: 'eighty',
    };
    const { code, output } = await Server.startAndExit(settings);
    expect(code).toBe(78);
    expect(output).toMatch(/ {2}- .*\/clinic\.json \/contract must be equal to .* Example: "primary"\n/);
    expect(output).toMatch(/ {2}- .*\/clinic\.json \/ must have required property 'basePath'/);
    expect(output).toMatch(/ {2}- .*\/katixo\.json is not JSON: .*Example: /);
    expect(output).toMatch(/ {2}- PORT /);
  } finally {
    removeProductsFolder(wrong);
  }
});
