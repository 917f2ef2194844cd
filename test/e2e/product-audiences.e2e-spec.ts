import { decodeJwt } from 'jose';
import { Datixlab } from '../support/datixlab.js';
import { unique, uniqueEmail } from '../support/given.js';
import { Katixo } from '../support/katixo.js';
import { createProductsFolder, removeProductsFolder } from '../support/products.js';
import { sendRaw } from '../support/raw.js';
import { createTestApp, useSharedApp } from '../support/test-app.js';

const BOOKS = 'https://books.example.com';

describe('a product with an audience of its own', () => {
  const t = useSharedApp({ PRODUCT_AUDIENCES: `katixo=${BOOKS}` });

  it('has its tokens refused by the others, and refuses theirs', async () => {
    const [primary, katixo, datixlab] = [
      await t.given.tenant(),
      await new Katixo(t).owner(),
      await new Datixlab(t).owner(),
    ];
    const tokens = [primary.accessToken, katixo.accessToken, datixlab.accessToken];
    expect(tokens.map((token) => decodeJwt(token).aud)).toEqual([
      decodeJwt(primary.accessToken).iss,
      BOOKS,
      decodeJwt(primary.accessToken).iss,
    ]);
    const statuses = await Promise.all(
      ['/auth/me', '/api/v1/auth/me', '/v1/auth/me'].map((path) =>
        Promise.all(tokens.map(async (token) => (await t.client(token).get(path)).status)),
      ),
    );
    expect(statuses).toEqual([
      [200, 401, 200],
      [401, 200, 401],
      [200, 401, 200],
    ]);
    // Other ways to write the path of a contract
    const get = (target: string) =>
      sendRaw(
        t.server.origin,
        `GET ${target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${primary.accessToken}\r\nConnection: close\r\n\r\n`,
      );
    expect(await get('/auth/%6de')).toMatch(/^HTTP\/1\.1 200 /);
    for (const target of ['/%61pi/v1/auth/me', 'http://localhost/api/v1/auth/me'])
      expect(await get(target)).toMatch(/^HTTP\/1\.1 401 /);
    // The endpoints for services serve every product
    expect((await t.client(katixo.accessToken).get('/auth/verify')).status).toBe(204);
  });
});

/** A product that is this file and nothing else. */
const GYM = {
  name: 'Iron Gym',
  contract: 'primary',
  basePath: '/gym',
  audience: 'https://gym.example.com',
  sender: { name: 'Iron, Gym & Sons', address: 'desk@gym.example.com' },
  resources: { courses: ['view', 'book'] },
  roles: [
    { key: 'manager', name: 'Manager', level: 100, permissions: ['*'] },
    { key: 'trainer', name: 'Trainer', level: 20, permissions: ['courses.*'] },
  ],
};

describe('a fourth product, which is files only, with an audience of its own', () => {
  const folder = createProductsFolder({ 'gym.json': GYM });
  // The fifth has its audience from the environment
  const t = createTestApp({ PRODUCTS_DIR: folder, PRODUCT_AUDIENCES: 'clinic=https://clinic.example.com' });
  afterAll(() => removeProductsFolder(folder));

  async function register(path: string) {
    const body = { email: uniqueEmail('founder'), password: 'Correct horse 123', firstName: 'Deepa' };
    const names = { companyName: `Company ${unique()}`, lastName: 'Das' };
    const { status, body: tokens } = await t
      .client()
      .post<{ accessToken: string }>(`${path}/auth/register`, { ...body, ...names });
    expect(status).toBe(201);
    return { ...body, accessToken: tokens.accessToken };
  }

  it('has its tokens refused by all others, and refuses theirs', async () => {
    const own = [(await register('/gym')).accessToken, (await register('/clinic')).accessToken];
    expect(own.map((token) => decodeJwt(token).aud)).toEqual([GYM.audience, 'https://clinic.example.com']);
    const others = [
      (await t.given.tenant()).accessToken,
      (await new Katixo(t).owner()).accessToken,
      (await new Datixlab(t).owner()).accessToken,
    ];
    const statusOf = async (token: string, path: string) => (await t.client(token).get(path)).status;
    const paths = ['/auth/me', '/api/v1/auth/me', '/v1/auth/me', '/gym/auth/me', '/clinic/auth/me'];
    const statuses = await Promise.all(
      own.map((token) => Promise.all(paths.map((path) => statusOf(token, path)))),
    );
    expect(statuses).toEqual([
      [401, 401, 401, 200, 401],
      [401, 401, 401, 401, 200],
    ]);
    for (const path of ['/gym/auth/me', '/clinic/auth/me'])
      expect(await Promise.all(others.map((token) => statusOf(token, path)))).toEqual([401, 401, 401]);
  });

  it('has resources and roles of its own', async () => {
    const { accessToken } = await register('/gym');
    const { body } = await t
      .client(accessToken)
      .get<{ role: string; permissions: Record<string, unknown> }>('/gym/auth/me');
    expect(body).toMatchObject({ role: 'manager', permissions: { courses: { view: true, book: true } } });
    expect(body.permissions).not.toHaveProperty('leads');
  });

  it('is what authenticator apps and mails name', async () => {
    const { accessToken, email, password } = await register('/gym');
    const issuerAt = async (path: string, token: string) => {
      const enrolled = await t
        .client(token)
        .post<{ otpauthUri: string }>(`${path}/auth/enable-2fa`, { currentPassword: password });
      expect(enrolled.status).toBe(200);
      return new URL(enrolled.body.otpauthUri).searchParams.get('issuer');
    };
    expect(await issuerAt('/gym', accessToken)).toBe(GYM.sender.name);
    expect(await issuerAt('', (await register('')).accessToken)).toBe('Gatehouse');
    expect((await t.inbox.latest(email, 'verify-email')).text).toContain(GYM.sender.name);
  });
});
