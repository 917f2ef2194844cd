import { burst } from '../../support/burst.js';
import type { Reply } from '../../support/client.js';
import { at, Datixlab, type DatixlabAnswer } from '../../support/datixlab.js';
import { NEW_PASSWORD, uniqueEmail } from '../../support/given.js';
import { useSharedApp } from '../../support/test-app.js';

describe('an error response of the datixlab contract is a problem:', () => {
  const t = useSharedApp();
  const d = new Datixlab(t);
  const login = (body: unknown, headers?: Record<string, string>) =>
    t.client().send<DatixlabAnswer>('POST', at('/login'), body, { headers });
  const pointers = ({ body }: Reply<DatixlabAnswer>) => body.errors?.map(({ pointer }) => pointer);

  it.each([
    ['unknown route', 'GET', '/nothing', 'route_not_found'],
    ['the base path itself', 'GET', '', 'route_not_found'],
    ['a path of another contract', 'POST', '/forgot-password', 'route_not_found'],
    ['wrong method', 'GET', '/login', 'method_not_allowed'],
    ['wrong method', 'DELETE', '/me', 'method_not_allowed'],
  ] as const)('%s (%s %s)', async (_, method, path, code) => {
    expect(await t.client().send(method, at(path))).toBeProblem(code);
  });

  it.each([['{'], ['{"email":'], ['nonsense'], ['{"email":"user@example.com",}'], ['{"__proto__":{"a":1}}']])(
    'malformed JSON %s',
    async (body) => {
      expect(await login(body)).toBeProblem('malformed_json');
    },
  );

  it('another media type', async () => {
    const form = await login('email=a', { 'content-type': 'application/x-www-form-urlencoded' });
    expect(form).toBeProblem('unsupported_media_type');
  });

  it('a body that is too large', async () => {
    expect(await login({ email: 'x'.repeat(120_000) })).toBeProblem('body_too_large');
  });

  it('no token, and a bad one', async () => {
    expect(await d.get('/me')).toBeProblem('authentication_required');
    expect(await d.get('/me', t.client('x.y.z'))).toBeProblem('access_token_invalid');
  });

  it('wrong credentials, the same for an unknown address', async () => {
    const { email } = await d.owner();
    const replies = [
      await login({ email, password: NEW_PASSWORD }),
      await login({ email: uniqueEmail(), password: NEW_PASSWORD }),
    ];
    for (const reply of replies) expect(reply).toBeProblem('invalid_credentials');
    const [known, unknown] = replies.map(({ body }) => ({ ...body, instance: null }));
    expect(unknown).toEqual(known);
  });

  it('an address that is taken', async () => {
    const { email } = await d.owner();
    expect(await d.post('/register', d.registration({ email }))).toBeProblem('email_taken');
  });

  it('too many attempts, with the time to wait', async () => {
    const { email } = await d.owner();
    const guesses = await burst(20, () => login({ email, password: NEW_PASSWORD }));
    expect(guesses.filter(({ status }) => status === 401)).toHaveLength(5);
    for (const guess of guesses.filter(({ status }) => status !== 401)) {
      expect(guess).toBeProblem('too_many_attempts');
    }
  });

  describe('an invalid field, by its name in the request', () => {
    it.each<[string, Record<string, unknown>, string]>([
      ['email', { email: 'nobody' }, 'is not an address'],
      ['email', { email: undefined }, 'is missing'],
      ['email', { email: null }, 'is null'],
      ['password', { password: '12345678' }, 'is weak'],
      ['password', { password: 'olga.owner' }, 'contains the name'],
      ['password', { password: 5 }, 'is of another type'],
      ['full_name', { full_name: '' }, 'is empty'],
      ['full_name', { full_name: undefined }, 'is missing'],
      ['full_name', { full_name: 'https://evil.example' }, 'holds a link'],
      ['full_name', { full_name: 'x'.repeat(161) }, 'is too long'],
      ['organization_name', { organization_name: undefined }, 'is missing'],
      ['organization_name', { organization_name: ['Acme'] }, 'is of another type'],
      ['role', { role: 'admin' }, 'does not belong to this request'],
      ['companyName', { companyName: 'Acme' }, 'does not belong to this request'],
      ['phone', { phone: '+919876543210' }, 'does not belong to this request'],
    ])('%s in %j %s', async (field, overrides) => {
      const reply = await d.post('/register', d.registration(overrides));
      expect(reply.status).toBe(400);
      expect(reply).toBeProblem(reply.body.code as 'validation_failed');
      expect(pointers(reply)).toEqual([`#/${field}`]);
    });

    it.each([
      ['phone', { phone: '+919876543210' }],
      ['tenantSlug', { tenantSlug: 'acme' }],
      ['refresh_token', { refresh_token: 'x' }],
    ])('%s at sign-in', async (field, more) => {
      const { email, password } = await d.owner();
      const reply = await login({ email, password, ...more });
      expect(reply).toBeProblem('validation_failed');
      expect(pointers(reply)).toEqual([`#/${field}`]);
    });
  });

  it('an internal error, without details', async () => {
    await t.database.query('ALTER TABLE tenants RENAME COLUMN business_type TO kind_of_business');
    try {
      const reply = await d.post('/register', d.registration());
      expect(reply).toBeProblem('internal_error');
      expect(reply.text).not.toMatch(/business_type|column|tenants/);
    } finally {
      await t.database.query('ALTER TABLE tenants RENAME COLUMN kind_of_business TO business_type');
    }
  });

  it('with no names of other contracts: their errors use their own field names', async () => {
    const { body } = await t.post('/auth/register', t.given.registration({ companyName: '' }));
    expect(body.errors?.map(({ pointer }) => pointer)).toEqual(['#/companyName']);
  });
});

describe('the route limits of the datixlab contract', () => {
  const t = useSharedApp({ THROTTLE_ENABLED: 'true', REGISTRATIONS_PER_HOUR: '2' });
  const d = new Datixlab(t);

  it('count the requests of the same address in another contract', async () => {
    const client = t.client();
    expect((await client.post('/auth/register', t.given.registration())).status).toBe(201);
    expect((await d.post('/register', d.registration(), client)).status).toBe(201);
    expect(await d.post('/register', d.registration(), client)).toBeProblem('rate_limit_exceeded');
    expect(await client.post('/auth/register', t.given.registration())).toBeProblem('rate_limit_exceeded');
  });
});
