import { join } from 'node:path';
import sharp from 'sharp';
import { FormData } from 'undici';
import { ApiKeys } from '../../support/api-keys.js';
import { burst, countBy } from '../../support/burst.js';
import type { Server } from '../../support/server.js';
import { useSharedApp } from '../../support/test-app.js';
import { useWarmProcess } from '../../support/warm-process.js';

describe('two servers on one database', () => {
  const beside = useWarmProcess('other');
  const t = useSharedApp();
  let second: Server;
  const either = (index: number) => t.client(null, index % 2 === 0 ? t.server : second);

  beforeAll(async () => {
    const DATA_DIR = join(t.server.settings.DATA_DIR ?? '', 'second');
    second = await beside.serveBeside(t.server, { DATA_DIR });
  });

  it('accept each other’s tokens', async () => {
    const owner = await t.given.tenant();
    expect((await t.client(owner.accessToken, second).get('/auth/me')).body.id).toBe(owner.user.id);
  });

  it('end a session on both at once', async () => {
    const owner = await t.given.tenant();
    const there = t.client(owner.accessToken, second);
    expect((await there.get('/auth/me')).status).toBe(200);

    await owner.client.post('/auth/logout');

    const replies = await burst(100, () => there.get('/auth/me'));
    expect(countBy(replies, (reply) => reply.status)).toEqual({ 401: 100 });
    expect((await there.post('/auth/refresh', { refreshToken: owner.refreshToken })).status).toBe(401);
  });

  it('refuse an API key on both as soon as it is revoked on one', async () => {
    const owner = await t.given.tenant();
    const { id, key } = await new ApiKeys(t).create(owner);
    const there = t.client(key, second);
    expect((await there.get('/auth/me')).status).toBe(200);

    await owner.client.delete(`/auth/api-keys/${id}`);

    const replies = await burst(100, () => there.get('/auth/me'));
    expect(countBy(replies, (reply) => reply.body.code)).toEqual({ api_key_invalid: 100 });
  });

  it('show a picture at once, and a replaced one no longer', async () => {
    const { client } = await t.given.tenant();
    const put = async (width: number): Promise<string> => {
      const blue = { create: { width, height: 8, channels: 3, background: 'blue' } } as const;
      const form = new FormData();
      form.set('file', new Blob([new Uint8Array(await sharp(blue).png().toBuffer())]), 'me.png');
      return (await client.put('/auth/me/avatar', form)).body.avatar ?? '';
    };
    const served = (path: string, index: number) => either(index).get(path);

    const first = await put(8);
    const [here, there] = await Promise.all([served(first, 0), served(first, 1)]);
    expect([here.status, there.status]).toEqual([200, 200]);
    expect(there.bytes).toEqual(here.bytes);

    const replacement = await put(16);
    expect((await served(first, 1)).status).toBe(404);
    expect((await served(replacement, 1)).status).toBe(200);

    await client.delete('/auth/me/avatar');
    expect((await served(replacement, 1)).status).toBe(404);
  });

  it('apply a change of role at the next request', async () => {
    const owner = await t.given.tenant();
    const manager = await t.given.member(owner, 'manager');
    const there = t.client(manager.accessToken, second);
    expect((await there.get('/auth/me')).body.role).toBe('manager');
    await t.database.query(
      `UPDATE memberships SET role_id = (SELECT id FROM roles WHERE tenant_id = $1 AND key = 'user') WHERE user_id = $2`,
      [owner.tenant.id, manager.user.id],
    );
    expect((await there.get('/auth/me')).body.role).toBe('user');
  });

  it('rotate a refresh token once between them', async () => {
    const { refreshToken } = await t.given.tenant();
    const replies = await burst(20, (index) => either(index).post('/auth/refresh', { refreshToken }));
    expect(countBy(replies, (reply) => reply.status)).toEqual({ 200: 20 });
    expect(new Set(replies.map((reply) => reply.body.refreshToken)).size).toBe(1);
  });

  it('count wrong passwords as one server does', async () => {
    const { email } = await t.given.tenant();
    const replies = await burst(20, (index) =>
      either(index).post('/auth/login', { email, password: 'Wrong-Guess-1' }),
    );
    expect(countBy(replies, (reply) => reply.status)).toEqual({ 401: 5, 429: 15 });
  });

  it('accept a reset link once between them', async () => {
    const token = await t.given.resetToken(await t.given.tenant());
    const replies = await burst(20, (index) =>
      either(index).post('/auth/reset-password', { token, newPassword: `Granite-Meadow-77-${index}` }),
    );
    expect(countBy(replies, (reply) => reply.status)).toEqual({ 200: 1, 400: 19 });
  });

  it('register an address once between them', async () => {
    const { email } = t.given.registration();
    const replies = await burst(10, (index) =>
      either(index).post('/auth/register', t.given.registration({ email })),
    );
    expect(countBy(replies, (reply) => reply.status)).toEqual({ 201: 1, 409: 9 });
  });
});
