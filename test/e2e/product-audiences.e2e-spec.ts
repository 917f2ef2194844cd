import { decodeJwt } from 'jose';
import { Datixlab } from '../support/datixlab.js';
import { unique, uniqueEmail } from '../support/given.js';
import { Katixo } from '../support/katixo.js';
import { createProductsFolder, removeProductsFolder } from '../support/products.js';
import { sendRaw } from '../support/raw.js';
import { createTestApp } from '../support/test-app.js';

const BOOKS = 'https://books.example.com';

describe('a product with an audience of its own', () => {
  const t = createTestApp({ PRODUCT_AUDIENCES: `katixo=${BOOKS}` });

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

describe('a fourth product, which is files only, with an audience of its own', () => {
  const folder = createProductsFolder();
  const t = createTestApp({ PRODUCTS_DIR: folder, PRODUCT_AUDIENCES: 'clinic=https://clinic.example.com' });
  afterAll(() => removeProductsFolder(folder));

  it('has its tokens refused by the other three, and refuses theirs', async () => {
    const body = { email: uniqueEmail('founder'), password: 'Correct horse 123', firstName: 'Deepa' };
    const names = { companyName: `Clinic ${unique()}`, lastName: 'Das' };
    const registered = await t
      .client()
      .post<{ accessToken: string }>('/clinic/auth/register', { ...body, ...names });
    const { accessToken } = registered.body;
    expect(decodeJwt(accessToken).aud).toBe('https://clinic.example.com');
    const others = [
      (await t.given.tenant()).accessToken,
      (await new Katixo(t).owner()).accessToken,
      (await new Datixlab(t).owner()).accessToken,
    ];
    const statusOf = async (token: string, path: string) => (await t.client(token).get(path)).status;
    const paths = ['/auth/me', '/api/v1/auth/me', '/v1/auth/me', '/clinic/auth/me'];
    expect(await Promise.all(paths.map((path) => statusOf(accessToken, path)))).toEqual([401, 401, 401, 200]);
    expect(await Promise.all(others.map((token) => statusOf(token, '/clinic/auth/me')))).toEqual([
      401, 401, 401,
    ]);
  });
});
