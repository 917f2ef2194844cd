import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { decodeProtectedHeader } from 'jose';
import { Client } from '../../support/client.js';
import { Datixlab } from '../../support/datixlab.js';
import type { Account } from '../../support/given.js';
import { type Ended, runProgram } from '../../support/programs.js';
import type { Server } from '../../support/server.js';
import { useSharedApp } from '../../support/test-app.js';
import { TestDatabase } from '../../support/test-database.js';
import { until } from '../../support/until.js';
import { useWarmProcess } from '../../support/warm-process.js';

/** The time within which servers must notice a change; the suites do not measure it, only that the change happens. */
const SETTINGS = { SIGNING_KEYS_MAX_AGE_SECONDS: '1' };

describe('the signing keys of two servers', () => {
  const beside = useWarmProcess();
  const t = useSharedApp(SETTINGS);
  let second: Server;
  const servers = () => [t.server, second];
  const command = (...args: string[]): Promise<Ended> => runProgram('signing-keys', args, t.server);

  const kidOf = (token: string) => String(decodeProtectedHeader(token).kid);
  const publishedBy = async (server: Server): Promise<string[]> => {
    const { body } = await t.client(null, server).get<{ keys: { kid: string }[] }>('/.well-known/jwks.json');
    return body.keys.map(({ kid }) => kid);
  };
  const statusAt = async (server: Server, token: string) =>
    (await t.client(token, server).get('/auth/me')).status;
  const signIn = async (server: Server, { email, password }: Account): Promise<string> => {
    const { body } = await t.client(null, server).post('/auth/login', { email, password });
    return body.accessToken;
  };

  const published = () => Promise.all(servers().map((server) => publishedBy(server)));

  beforeAll(async () => {
    second = await beside.serveBeside(t.server);
  });

  // A server reads the keys to publish them: neither signs with one that another test retired or removed
  beforeEach(() =>
    until(async () => {
      const [one, other] = await published();
      return isDeepStrictEqual(one, other);
    }),
  );

  it('are the same, and the next one is published', async () => {
    const [[active, following] = [], others] = await published();
    expect(others?.slice(0, 2)).toEqual([active, following]);
    // Behind the two may be keys that are retired
    expect(kidOf((await t.given.tenant()).accessToken)).toBe(active);
    expect(following).toEqual(expect.any(String));
  });

  it('may be cached no longer than a key is published before it signs', async () => {
    const { headers } = await t.get('/.well-known/jwks.json');
    expect(headers['cache-control']).toBe('public, max-age=60');
  });

  describe('a key that is removed', () => {
    it('is refused by both, also where its tokens were verified before', async () => {
      const owner = await t.given.tenant();
      const kid = kidOf(owner.accessToken);
      for (const server of servers()) expect(await statusAt(server, owner.accessToken)).toBe(200);

      const { code, stdout } = await command('remove', kid);

      expect([code, stdout]).toEqual([0, expect.not.stringContaining(kid)]);
      for (const server of servers()) {
        await until(async () => (await statusAt(server, owner.accessToken)) === 401);
        expect(await t.client(owner.accessToken, server).get('/auth/me')).toBeProblem('access_token_invalid');
        expect(await publishedBy(server)).not.toContain(kid);
      }
    });

    it('signs nothing any more, and its successor is accepted by both', async () => {
      const owner = await t.given.tenant();
      const kid = kidOf(owner.accessToken);
      await command('remove', kid);
      for (const server of servers()) {
        await until(async () => kidOf(await signIn(server, owner)) !== kid);
        const token = await signIn(server, owner);
        expect(kidOf(token)).not.toBe(kid);
        for (const any of servers()) expect(await statusAt(any, token)).toBe(200);
      }
    });

    it('leaves refresh tokens valid, but not an access token that is exchanged for another', async () => {
      const owner = await t.given.tenant();
      const d = new Datixlab(t);
      const other = await d.owner();
      await command('remove', kidOf(owner.accessToken));
      await until(async () => (await statusAt(t.server, owner.accessToken)) === 401);
      const { refreshToken } = owner;
      const { status, body } = await t.post('/auth/refresh', { refreshToken });
      expect(status).toBe(200);
      expect(await statusAt(t.server, body.accessToken)).toBe(200);
      expect((await d.post('/refresh', undefined, other.client)).status).toBe(401);
    });

    it('may be removed from the table by hand', async () => {
      const owner = await t.given.tenant();
      for (const server of servers()) expect(await statusAt(server, owner.accessToken)).toBe(200);
      await t.database.query('DELETE FROM signing_keys WHERE id = $1', [kidOf(owner.accessToken)]);
      for (const server of servers())
        await until(async () => (await statusAt(server, owner.accessToken)) === 401);
    });

    it('may be the next one, which another key replaces', async () => {
      const [active = '', next = ''] = await publishedBy(t.server);
      expect((await command('remove', next)).code).toBe(0);
      for (const server of servers()) {
        await until(async () => !(await publishedBy(server)).includes(next));
        // Retired keys may follow in the list
        const [one, following] = await publishedBy(server);
        expect([one, following]).toEqual([active, expect.any(String)]);
      }
    });

    it('may be all of them', async () => {
      const owner = await t.given.tenant();
      const kids = await publishedBy(t.server);
      expect((await command('remove', ...kids)).code).toBe(0);
      for (const server of servers()) {
        await until(async () => (await statusAt(server, owner.accessToken)) === 401);
        const token = await signIn(server, owner);
        // A server gives a slow read up after a second
        for (const any of servers()) await until(async () => (await publishedBy(any)).includes(kidOf(token)));
      }
    });
  });

  describe('a key that is retired', () => {
    it('signs no more, also on a server that only signs in and refreshes; its tokens are accepted', async () => {
      const owner = await t.given.tenant();
      const kid = kidOf(owner.accessToken);
      const [, next] = await publishedBy(second);

      expect((await command('rotate', '--now')).code).toBe(0);

      // No token is verified by either server meanwhile
      for (const server of servers()) await until(async () => kidOf(await signIn(server, owner)) === next);
      for (const server of servers()) {
        expect(await statusAt(server, owner.accessToken)).toBe(200);
        const [signing, following, ...retired] = await publishedBy(server);
        expect([signing, following]).toEqual([next, expect.any(String)]);
        expect(retired).toContain(kid);
      }
      const { refreshToken } = owner;
      const { body } = await t.client(null, second).post('/auth/refresh', { refreshToken });
      expect(kidOf(body.accessToken)).toBe(next);
    });

    it('is published on both with every key that either signs with, at any moment', async () => {
      const owner = await t.given.tenant();
      const kid = kidOf(owner.accessToken);
      await t.database.query('UPDATE signing_keys SET retired_at = now()');
      let [one, other] = [kid, kid];
      while (one === kid || other === kid) {
        [one, other] = [kidOf(await signIn(t.server, owner)), kidOf(await signIn(second, owner))];
        for (const server of servers())
          expect(await publishedBy(server)).toEqual(expect.arrayContaining([one, other]));
      }
    });

    it('is followed by one that caches know: where they may not, the command refuses', async () => {
      await command('rotate', '--now');
      // Long enough to exist however long the machine stands still
      await t.database.query(`UPDATE next_signing_keys SET created_at = created_at + interval '10 minutes'`);
      const before = (await command('list')).stdout;
      const refused = await command('rotate');
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/another \d+ seconds/)]);
      expect((await command('list')).stdout).toBe(before);
      await t.database.pass(600 + 61);
      expect((await command('rotate')).code).toBe(0);
    });
  });

  describe('the command', () => {
    it('lists them with their state', async () => {
      const { code, stdout } = await command('list');
      expect(code).toBe(0);
      const [active, next] = await publishedBy(t.server);
      const [first, second] = stdout.split('\n').map((line) => line.split(/ +/));
      expect([first?.slice(0, 2), second?.slice(0, 2)]).toEqual([
        ['active', active],
        ['next', next],
      ]);
    });

    it('refuses a key that does not exist, and then removes none of the others', async () => {
      const kids = await publishedBy(t.server);
      const { code, stderr } = await command('remove', kids[0] ?? '', 'nobody');
      expect([code, stderr]).toEqual([1, 'There is no key nobody.\n']);
      expect(await publishedBy(t.server)).toEqual(kids);
    });

    it('changes nothing with a SECRET_KEY that is not the servers’', async () => {
      const kids = await publishedBy(t.server);
      const SECRET_KEY = randomBytes(32).toString('base64');
      for (const args of [
        ['rotate', '--now'],
        ['remove', kids[0] ?? ''],
      ]) {
        const { code, stderr } = await runProgram('signing-keys', args, t.server, { SECRET_KEY });
        expect([code, stderr]).toEqual([1, expect.stringContaining('SECRET_KEY does not decrypt')]);
      }
      expect(await publishedBy(t.server)).toEqual(kids);
    });

    it.each([[], ['remove'], ['rotate', 'now'], ['list', 'all'], ['retire', 'x'], ['--list']])(
      'prints its usage, with exit code 64, for: %s',
      async (...args: string[]) => {
        const { code, stderr } = await command(...args);
        expect([code, stderr]).toEqual([64, expect.stringContaining('Usage:')]);
      },
    );

    it('has a help text, a message for what cannot be rotated, and the exit code of a wrong configuration', async () => {
      expect(await command('--help')).toEqual({
        code: 0,
        stdout: expect.stringContaining('Usage:'),
        stderr: '',
      });
      const shared = { SIGNING_ALG: 'HS256', JWT_SECRET: 'x'.repeat(32) };
      expect(await runProgram('signing-keys', ['list'], t.server, shared)).toMatchObject({
        code: 1,
        stdout: '',
      });
      expect((await runProgram('signing-keys', ['list'], t.server, { PORT: 'x' })).code).toBe(78);
    });

    it('is recorded in the audit trail', async () => {
      const [kid = ''] = await publishedBy(t.server);
      await command('rotate', '--now');
      await command('remove', kid);
      const rows = await t.database.query(
        `SELECT action, actor_kind, detail FROM audit_events WHERE detail->>'kid' = $1 ORDER BY occurred_at`,
        [kid],
      );
      const row = { actor_kind: 'operator', detail: { kid } };
      expect(rows).toEqual([
        { action: 'signing_key.retired', ...row },
        { action: 'signing_key.removed', ...row },
      ]);
    });
  });
});

describe('servers that start at once on a database without keys', () => {
  const processes = [useWarmProcess('plain'), useWarmProcess('other')];
  let database: TestDatabase;
  beforeAll(async () => {
    database = await TestDatabase.create();
  });
  afterAll(() => database.drop());

  it('share one', async () => {
    const starts = processes.map((one) => one.serve({ ...SETTINGS, DATABASE_URL: database.url }));
    const lists = await Promise.all(
      starts.map(async (start) => {
        const client = new Client((await start).origin);
        const { body } = await client.get<{ keys: { kid: string }[] }>('/.well-known/jwks.json');
        await client.close();
        return body.keys.map(({ kid }) => kid).join();
      }),
    );
    expect(lists[0]).toMatch(/.,./);
    expect(new Set(lists).size).toBe(1);
  });
});
