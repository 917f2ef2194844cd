import { decodeJwt } from 'jose';
import type { Client, Reply } from '../../support/client.js';
import { Datixlab, type DatixlabAccount, type DatixlabAnswer } from '../../support/datixlab.js';
import { NEW_PASSWORD } from '../../support/given.js';
import { NEW_TOKEN } from '../../support/reissued.js';
import { useSharedApp } from '../../support/test-app.js';
import { Authenticator } from '../../support/totp.js';

describe('the access token of a datixlab session after a change of password or second factor', () => {
  const t = useSharedApp();
  const d = new Datixlab(t);
  const enrol = async (client: Client) =>
    new Authenticator((await d.post('/enable-2fa', undefined, client)).body.secret);
  const changePassword = ({ client, password }: Pick<DatixlabAccount, 'client' | 'password'>) =>
    d.post('/change-password', { current_password: password, new_password: NEW_PASSWORD }, client);

  const ACTS: Record<string, (owner: DatixlabAccount) => Promise<Reply<DatixlabAnswer>>> = {
    '/change-password': changePassword,
    '/confirm-2fa': async ({ client }) => {
      const authenticator = await enrol(client);
      return d.post('/confirm-2fa', { code: authenticator.code() }, client);
    },
    '/disable-2fa': async ({ client, password }) => {
      const { secret, backup_codes: codes } = (await d.post('/enable-2fa', undefined, client)).body;
      await d.post('/confirm-2fa', { code: new Authenticator(secret).code() }, client);
      return d.post('/disable-2fa', { password, code: codes[0] }, client);
    },
  };

  it.each(Object.entries(ACTS))(
    'is replaced in the response of POST %s, and its successor’s first use ends the old one',
    async (_, act) => {
      const owner = await d.owner();
      const { status, body } = await act(owner);
      expect(status).toBe(200);
      expect(body).toEqual({
        success: true,
        message: expect.any(String) as string,
        ...NEW_TOKEN,
      });
      expect(decodeJwt(body.access_token).sid).toBe(decodeJwt(owner.accessToken).sid);

      // A client that ignores the new token stays signed in, and gets further tokens
      const renewed = (await d.post('/refresh', undefined, owner.client)).body.access_token;
      for (const token of [owner.accessToken, renewed]) {
        expect((await d.get('/me', t.client(token))).status).toBe(200);
      }
      expect((await d.get('/me', t.client(body.access_token))).status).toBe(200);
      for (const token of [owner.accessToken, renewed]) {
        expect((await d.get('/me', t.client(token))).body.code).toBe('access_token_invalid');
        expect((await d.post('/refresh', undefined, t.client(token))).body.code).toBe('access_token_invalid');
      }
      expect((await d.post('/refresh', undefined, t.client(body.access_token))).status).toBe(200);
    },
  );

  it('comes with a refresh token where another contract opened the session with one', async () => {
    const owner = await t.given.tenant();
    const { body } = await changePassword(owner);
    const { refresh_token: refreshToken } = body as DatixlabAnswer & { refresh_token?: string };
    expect(body).toMatchObject(NEW_TOKEN);
    expect((await d.get('/me', t.client(body.access_token))).status).toBe(200);
    const refreshed = await t.post('/auth/refresh', { refreshToken });
    expect(refreshed.status).toBe(200);
    expect(decodeJwt(refreshed.body.accessToken).sid).toBe(decodeJwt(owner.accessToken).sid);
    const stale = await t.post('/auth/refresh', { refreshToken: owner.refreshToken });
    expect(stale).toBeProblem('refresh_token_invalid');
  });
});
