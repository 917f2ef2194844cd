import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { FormData } from 'undici';
import { burst, countBy } from '../../support/burst.js';
import type { Account } from '../../support/given.js';
import { useSharedApp } from '../../support/test-app.js';
import { until } from '../../support/until.js';
import { useWarmProcess } from '../../support/warm-process.js';

const MIB = 1024 * 1024;

describe('the avatar', () => {
  const t = useSharedApp();
  const image = (width = 32, height = 32) =>
    sharp({ create: { width, height, channels: 3, background: { r: 20, g: 90, b: 160 } } });
  const form = (bytes: Buffer, { field = 'file', name = 'me.png', type = 'image/png' } = {}): FormData => {
    const data = new FormData();
    data.set(field, new Blob([new Uint8Array(bytes)], { type }), name);
    return data;
  };
  const put = (account: Account, body: FormData) => account.client.put('/auth/me/avatar', body);
  const pathOf = async (account: Account) => (await account.client.get('/auth/me')).body.avatar;

  describe('PUT /auth/me/avatar', () => {
    it.each([
      ['PNG', () => image().png().toBuffer()],
      ['JPEG', () => image().jpeg().toBuffer()],
      ['WebP', () => image().webp().toBuffer()],
    ])('accepts a %s, and serves it', async (_, make) => {
      const owner = await t.given.tenant();

      const reply = await put(owner, form(await make()));

      expect(reply.status).toBe(200);
      const path = (await pathOf(owner)) ?? '';
      expect(reply.body.avatar).toBe(path);
      expect(path).toMatch(/^\/uploads\/avatars\/[0-9a-f-]{36}\.(jpg|png|webp)$/);
      const served = await t.get(path);
      expect(served.status).toBe(200);
      expect(served.headers['content-type']).toMatch(/^image\/(jpeg|png|webp)$/);
      expect(served.headers['x-content-type-options']).toBe('nosniff');
      expect((await sharp(served.bytes).metadata()).width).toBeGreaterThan(0);
    });

    it('goes by the content, not by name or type', async () => {
      const owner = await t.given.tenant();
      const png = await image().png().toBuffer();
      expect((await put(owner, form(png, { name: 'x.exe', type: 'application/octet-stream' }))).status).toBe(
        200,
      );
      expect((await put(owner, form(png, { name: '../../etc/passwd', type: 'text/html' }))).status).toBe(200);
      expect(await pathOf(owner)).toMatch(/^\/uploads\/avatars\/[0-9a-f-]{36}\.\w+$/);
    });

    it.each([
      ['text', Buffer.from('hello')],
      ['HTML under an image’s name', Buffer.from('<html><script>alert(1)</script></html>')],
      ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
      ['GIF', Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')],
      ['PNG signature only', Buffer.from('89504e470d0a1a0a', 'hex')],
      ['nothing', Buffer.alloc(0)],
    ])('refuses %s', async (_, bytes) => {
      const owner = await t.given.tenant();
      expect(await put(owner, form(bytes))).toBeProblem('avatar_invalid');
      expect(await pathOf(owner)).toBeNull();
    });

    it('refuses a truncated image', async () => {
      const owner = await t.given.tenant();
      const jpeg = await image(800, 600).jpeg().toBuffer();
      expect(await put(owner, form(jpeg.subarray(0, jpeg.length / 2)))).toBeProblem('avatar_invalid');
    });

    it('refuses an image that decompresses to a very large one', async () => {
      const owner = await t.given.tenant();
      const bomb = await image(12_000, 12_000).png({ compressionLevel: 9 }).toBuffer();
      expect(bomb.length).toBeLessThan(2 * MIB);
      expect(await put(owner, form(bomb))).toBeProblem('avatar_invalid');
    });

    it('accepts up to 2 MiB and no more', async () => {
      const owner = await t.given.tenant();
      const png = await image().png().toBuffer();
      const padded = (size: number) => Buffer.concat([png, Buffer.alloc(size - png.length)]);
      expect(await put(owner, form(padded(2 * MIB + 1)))).toBeProblem('avatar_too_large', 413);
      expect(await put(owner, form(padded(8 * MIB)))).toBeProblem('avatar_too_large', 413);
      expect(await pathOf(owner)).toBeNull();
      expect([200, 400]).toContain((await put(owner, form(padded(2 * MIB)))).status);
    });

    it('removes hidden data of the file', async () => {
      const owner = await t.given.tenant();
      const tagged = await image()
        .jpeg()
        .withExif({ IFD0: { Copyright: 'SECRET-GPS-48.2' } })
        .toBuffer();
      const polyglot = Buffer.concat([tagged, Buffer.from('<script>alert(1)</script>')]);
      expect(tagged.toString('latin1')).toContain('SECRET-GPS');
      expect((await put(owner, form(polyglot))).status).toBe(200);
      const { bytes } = await t.get((await pathOf(owner)) ?? '');
      expect(bytes.toString('latin1')).not.toMatch(/SECRET-GPS|<script>/);
    });

    it('requires a file in the form', async () => {
      const owner = await t.given.tenant();
      const text = new FormData();
      text.set('file', 'just text');
      expect((await put(owner, text)).status).toBe(400);
      expect((await put(owner, new FormData())).status).toBe(400);
      expect(await pathOf(owner)).toBeNull();
    });

    it('requires a form', async () => {
      const owner = await t.given.tenant();
      expect(await owner.client.put('/auth/me/avatar', { file: 'x' })).toBeProblem('unsupported_media_type');
      const broken = { headers: { 'content-type': 'multipart/form-data; boundary=x' } };
      const reply = await owner.client.put('/auth/me/avatar', 'no parts at all', broken);
      expect([400, 415]).toContain(reply.status);
    });

    it('requires a signed-in person', async () => {
      const png = await image().png().toBuffer();
      expect(await t.client().put('/auth/me/avatar', form(png))).toBeProblem('authentication_required');
    });

    it('replaces the old one, which is deleted', async () => {
      const owner = await t.given.tenant();
      await put(owner, form(await image().png().toBuffer()));
      const old = (await pathOf(owner)) ?? '';
      await put(owner, form(await image(16, 16).png().toBuffer()));
      expect(await pathOf(owner)).not.toBe(old);
      expect((await t.get(old)).status).toBe(404);
    });

    it('ends with one picture after a parallel burst', async () => {
      const owner = await t.given.tenant();
      const png = await image().png().toBuffer();
      const replies = await burst(10, () => put(owner, form(png)));
      expect(countBy(replies, (reply) => reply.status)).toEqual({ 200: 10 });
      const served = await Promise.all(
        replies.map(async ({ body }) => (await t.get(body.avatar ?? '')).status),
      );
      expect(countBy(served, (status) => status)).toEqual({ 200: 1, 404: 9 });
    });
  });

  describe('DELETE /auth/me/avatar', () => {
    it('deletes it', async () => {
      const owner = await t.given.tenant();
      await put(owner, form(await image().png().toBuffer()));
      const path = (await pathOf(owner)) ?? '';
      expect([200, 204]).toContain((await owner.client.delete('/auth/me/avatar')).status);
      expect(await pathOf(owner)).toBeNull();
      expect((await t.get(path)).status).toBe(404);
    });

    it('succeeds where there is none', async () => {
      const owner = await t.given.tenant();
      expect([200, 204]).toContain((await owner.client.delete('/auth/me/avatar')).status);
    });
  });

  it.each([
    '/uploads/avatars/../../secret-key',
    '/uploads/avatars/..%2f..%2fsecret-key',
    '/uploads/avatars/%2e%2e/%2e%2e/secret-key',
    '/uploads/avatars/',
    '/uploads/',
    '/uploads/avatars/x.png',
    '/uploads/avatars/0192f3a0-0000-7000-8000-000000000000.png%00.txt',
  ])('serves nothing at %s', async (path) => {
    expect([400, 404]).toContain((await t.get(path)).status);
  });
});

describe('the avatar, of an earlier version', () => {
  const beside = useWarmProcess('other');
  const t = useSharedApp();
  const dataDir = () => join(t.server.settings.DATA_DIR ?? '', 'earlier');

  it('is moved from the disk of a server when it starts, under its address', async () => {
    const { client, user } = await t.given.tenant();
    const name = `${randomUUID()}.jpg`;
    const folder = join(dataDir(), 'uploads', 'avatars');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), 'an earlier picture');
    await t.database.query('UPDATE users SET avatar = $2 WHERE id = $1', [user.id, name]);
    const path = (await client.get('/auth/me')).body.avatar ?? '';
    expect((await t.get(path)).status).toBe(404);

    await beside.serveBeside(t.server, { DATA_DIR: dataDir() });

    await until(async () => (await t.get(path)).status === 200);
    expect((await t.get(path)).bytes.toString()).toBe('an earlier picture');
    await until(() => readdirSync(folder).length === 0);
  });
});

describe('the avatar, at a server with limits', () => {
  const t = useSharedApp({ THROTTLE_ENABLED: null });

  it('is accepted thirty times in ten minutes from one address', async () => {
    const { client } = await t.given.tenant();
    const empty = () => client.put('/auth/me/avatar', new FormData());
    const replies = await burst(40, empty);
    expect(countBy(replies, ({ status }) => status)).toEqual({ 400: 30, 429: 10 });
    const refused = await empty();
    expect(refused).toBeProblem('rate_limit_exceeded');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  });
});
