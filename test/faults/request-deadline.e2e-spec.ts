import { request } from 'node:http';
import { untilWaitedFor } from '../support/locks.js';
import { createTestApp } from '../support/test-app.js';

describe('a request without an answer in time', () => {
  const t = createTestApp();

  it('is answered 503, while an upload may take its time to arrive', async () => {
    const owner = await t.given.tenant();
    await t.server.restart({ REQUEST_TIMEOUT_SECONDS: '1' });
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
});
