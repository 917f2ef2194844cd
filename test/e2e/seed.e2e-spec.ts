import { execFile } from 'node:child_process';
import { useSharedApp } from '../support/test-app.js';

const seed = (origin: string): Promise<{ code: number; printed: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, ['scripts/seed/main.js', origin], (error, out, complaint) => {
      resolve({ code: error ? Number(error.code) : 0, printed: out + complaint });
    });
  });

describe('npm run seed', () => {
  const t = useSharedApp({ THROTTLE_ENABLED: null });
  const password = (printed: string) => /password: (.+)$/m.exec(printed)?.[1] ?? '';

  it('creates a tenant of each product, whose printed credentials sign in, and changes nothing the second time', async () => {
    const first = await seed(t.server.origin);
    expect(first).toMatchObject({ code: 0, printed: expect.stringContaining('API key') as string });
    const identifiers = [...first.printed.matchAll(/^ {2}[a-z_]+ +(\S+@\S+\.example|\+\d+)$/gm)].map(
      ([, identifier = '']) => identifier,
    );
    expect(identifiers.length).toBeGreaterThan(10);
    for (const identifier of identifiers.filter((one) => !one.startsWith('invited@'))) {
      const kind = identifier.startsWith('+') ? 'phone' : 'email';
      const reply = await t.post('/auth/login', { [kind]: identifier, password: password(first.printed) });
      expect([identifier, reply.status]).toEqual([identifier, 200]);
    }
    const keys = first.printed.match(/sk_live_\w+/g) ?? [];
    expect(keys).toHaveLength(3);
    for (const key of keys) expect((await t.client(key).get('/auth/verify')).status).toBe(204);

    const counts = () =>
      t.database.query(
        `SELECT (SELECT count(*) FROM users) AS users, (SELECT count(*) FROM tenants) AS tenants,
           (SELECT count(*) FROM memberships) AS memberships, (SELECT count(*) FROM invitations) AS invitations,
           (SELECT count(*) FROM api_keys) AS keys`,
      );
    const before = await counts();
    const second = await seed(t.server.origin);
    expect(second).toMatchObject({ code: 0, printed: expect.not.stringMatching(/sk_live_/) as string });
    expect(await counts()).toEqual(before);
  });

  it('says what to do where no server answers', async () => {
    const { code, printed } = await seed('http://127.0.0.1:1');
    expect({ code, printed }).toEqual({ code: 1, printed: expect.stringContaining('npm start') as string });
  });
});
