import { request } from 'node:http';
import sharp from 'sharp';
import type { Account } from '../support/given.js';
import { untilWaitedFor } from '../support/locks.js';
import { PATIENT_REQUESTS } from '../support/server.js';
import { useSharedApp } from '../support/test-app.js';

describe('a request without an answer in time', () => {
  const t = useSharedApp();
  let owner: Account;
  beforeAll(async () => {
    // Before the deadline, which its registration may miss
    owner = await t.given.tenant();
  });
  beforeEach(() => t.server.restart({ REQUEST_TIMEOUT_SECONDS: '1' }));

  it('is answered 503, while an upload may take its time to arrive', async () => {
    // The deadline holds for the upload, too, until its guards have run
    await t.server.restart({ REQUEST_TIMEOUT_SECONDS: '5' });
    const headers = {
      authorization: `Bearer ${owner.accessToken}`,
      'content-type': 'multipart/form-data; boundary=x',
      'content-length': 5_000,
    };
    const upload = request(`${t.server.origin}/auth/me/avatar`, { method: 'PUT', headers });
    let isAnswered = false;
    upload.on('response', () => (isAnswered = true)).on('error', () => undefined);
    await new Promise<void>((sent) =>
      upload.write('--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n', () =>
        sent(),
      ),
    );
    expect((await t.get('/health/live')).status).toBe(200);

    await t.database.query('BEGIN');
    await t.database.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [owner.user.id]);
    const login = t.post('/auth/login', { email: owner.email, password: owner.password });
    await untilWaitedFor(t.database);
    const reply = await login;
    await t.database.query('ROLLBACK');

    expect(reply).toBeProblem('service_unavailable');
    expect(reply.headers['retry-after']).toMatch(/^\d+$/);
    // It began earlier: with the same deadline, it would have been answered by now
    expect(isAnswered).toBe(false);
    upload.destroy();
  });

  it('is answered 503 if it is a complete upload that waits for the database, before it is read or after', async () => {
    const picture = await sharp({ create: { width: 2, height: 2, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const put = () => {
      const body = new FormData();
      body.append('file', new Blob([Uint8Array.from(picture)], { type: 'image/png' }), 'a.png');
      const headers = { authorization: `Bearer ${owner.accessToken}` };
      return fetch(`${t.server.origin}/auth/me/avatar`, { method: 'PUT', headers, body });
    };
    // The guard reads the one, the handler writes the other
    for (const table of ['sessions', 'avatars']) {
      await t.database.query('BEGIN');
      await t.database.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
      const reply = await put();
      await t.database.query('ROLLBACK');
      expect({ table, status: reply.status, wait: reply.headers.get('retry-after') }).toEqual({
        table,
        status: 503,
        wait: expect.stringMatching(/^\d+$/) as string,
      });
    }
    await t.server.restart(PATIENT_REQUESTS);
    expect((await put()).status).toBe(200);
  });
});
