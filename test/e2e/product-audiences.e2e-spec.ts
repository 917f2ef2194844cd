import { decodeJwt } from 'jose';
import { Datixlab } from '../support/datixlab.js';
import { Katixo } from '../support/katixo.js';
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
    // The endpoints for services serve every product
    expect((await t.client(katixo.accessToken).get('/auth/verify')).status).toBe(204);
  });
});
