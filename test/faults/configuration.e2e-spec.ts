import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Server, type Settings } from '../support/server.js';
import { TestDatabase } from '../support/test-database.js';

const SECRET_KEY = randomBytes(32).toString('base64');

/** What a program says in a folder with this `.env`. */
function migrateWith(bytes: Buffer) {
  const cwd = mkdtempSync(join(tmpdir(), 'gatehouse-env-'));
  writeFileSync(join(cwd, '.env'), bytes);
  const env = { PATH: process.env.PATH, DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none' };
  const ended = spawnSync(process.execPath, [resolve('dist/migrate.js')], { cwd, env, encoding: 'utf8' });
  rmSync(cwd, { recursive: true });
  return ended;
}

describe('an invalid configuration', () => {
  const start = (settings: Settings) =>
    Server.startAndExit({ DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none', ...settings });

  it.each(['main', 'migrate', 'admin'])('ends %s with 78 and one line if .env cannot be read', (program) => {
    const cwd = mkdtempSync(join(tmpdir(), 'gatehouse-env-'));
    mkdirSync(join(cwd, '.env'));
    const args = [resolve(`dist/${program}.js`), ...(program === 'admin' ? ['operator', 'list'] : [])];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
    rmSync(cwd, { recursive: true });
    expect(status).toBe(78);
    expect(stderr).toMatch(/^The configuration is not usable:\n {2}- \.env must be a readable file: .+\n$/);
  });

  it.each([
    [
      'with the mark of an editor and its line ends',
      Buffer.from('\ufeffPORT=eighty\r\nexport LOG_LEVEL="loud"\r\n'),
    ],
    ['without them', Buffer.from('PORT=eighty\nLOG_LEVEL=loud')],
  ])('reads .env %s', (_, bytes) => {
    const { status, stderr } = migrateWith(bytes);
    expect(status).toBe(78);
    expect(stderr).toMatch(/^ {2}- PORT .*\n {2}- LOG_LEVEL /m);
  });

  it('names a .env that is not in UTF-8', () => {
    const { status, stderr } = migrateWith(Buffer.from('\ufeffPORT=3000\r\n', 'utf16le'));
    expect([status, stderr]).toEqual([78, expect.stringContaining('.env must be a text in UTF-8')]);
  });

  it('ends the start with exit code 78 and one line for each variable, all of them at once, and repeats no secret', async () => {
    const { code, output } = await start({
      PORT: 'eighty',
      DATABASE_URL: 'mysql://127.0.0.1/x',
      SECRET_KEY: 'c4n4ry-key',
      JWT_SECRET: 'c4n4ry-jwt',
      SIGNING_ALG: 'HS256',
      ARGON2_MEMORY_KIB: '0',
      CONTRACTS: 'primary,soap',
      LOG_LEVEL: 'loud',
      ACCESS_TOKEN_TTL_SECONDS: '90000',
      MIGRATE_ON_START: 'perhaps',
      APP_URL: 'not a url',
    });
    expect(code).toBe(78);
    for (const name of [
      'PORT',
      'DATABASE_URL',
      'SECRET_KEY',
      'ARGON2_MEMORY_KIB',
      'CONTRACTS',
      'LOG_LEVEL',
      'ACCESS_TOKEN_TTL_SECONDS',
      'MIGRATE_ON_START',
      'APP_URL',
    ]) {
      const lines = output.split('\n').filter((line) => new RegExp(`^\\W*${name} `).test(line));
      expect([name, lines]).toEqual([name, [expect.stringMatching(new RegExp(`Example: ${name}=.+`))]]);
    }
    expect(output).not.toMatch(/\bat .*\.js:\d+/);
    expect(output).not.toContain('c4n4ry');
  });

  it.each<[string, Settings]>([
    ['production without SECRET_KEY', { NODE_ENV: 'production', SECRET_KEY: null, THROTTLE_ENABLED: null }],
    [
      'production without a database, where it would start one of its own',
      { NODE_ENV: 'production', SECRET_KEY, DATABASE_URL: null, THROTTLE_ENABLED: null },
    ],
    ['production without limits', { NODE_ENV: 'production', SECRET_KEY, THROTTLE_ENABLED: 'false' }],
    ['an invalid shared secret', { SIGNING_ALG: 'HS256' }],
  ])('is %s', async (_, settings) => {
    expect((await start(settings)).code).toBe(78);
  });

  it('is production with made-up secrets and hashes without cost, all of which it names', async () => {
    const zeros = Buffer.alloc(32).toString('base64');
    const { code, output } = await start({
      NODE_ENV: 'production',
      THROTTLE_ENABLED: null,
      SECRET_KEY: zeros,
      SECRET_KEY_PREVIOUS: Buffer.alloc(32, 'abcd').toString('base64'),
      ARGON2_MEMORY_KIB: '64',
      ARGON2_TIME_COST: '1',
    });
    expect(code).toBe(78);
    for (const name of ['SECRET_KEY', 'SECRET_KEY_PREVIOUS', 'ARGON2_MEMORY_KIB', 'ARGON2_TIME_COST']) {
      expect(output).toMatch(new RegExp(`^\\W*${name} .*Example: ${name}=.+`, 'm'));
    }
    expect(output).not.toContain(zeros);
  });

  it.each(['0.0.0.0', '::'])('is a development server at %s, unless that is configured', async (HOST) => {
    const { code, output } = await start({ HOST });
    expect(code).toBe(78);
    expect(output).toMatch(/^\W*HOST .*ALLOW_DEVELOPMENT_ON_NETWORK=true.*Example: HOST=127\.0\.0\.1$/m);
  });
});

describe('a development server that the network can reach', () => {
  const startAt = async (settings: Settings): Promise<string> => {
    const database = await TestDatabase.create();
    const server = await Server.start({ DATABASE_URL: database.url, ...settings });
    const { output } = await server.stop();
    await server.dispose();
    await database.drop();
    return output;
  };

  it('warns that its messages are open to all, in the log and in its greeting', async () => {
    const lines = (await startAt({ HOST: '0.0.0.0', ALLOW_DEVELOPMENT_ON_NETWORK: 'true' }))
      .split('\n')
      .filter((line) => /open to the network/.test(line));
    expect(lines.toSorted()).toEqual([
      expect.stringMatching(/^ {2}Warning /),
      expect.stringContaining('"level":"warn"'),
    ]);
  });

  it.each<[string, Settings]>([
    ['this machine alone', { HOST: '127.0.0.1' }],
    [
      'all, in production, which has no such messages',
      { NODE_ENV: 'production', HOST: '0.0.0.0', THROTTLE_ENABLED: null },
    ],
  ])('does not warn where it is open to %s', async (_, settings) => {
    expect(await startAt(settings)).not.toMatch(/open to the network/);
  });
});

describe('an unusable environment', () => {
  it('ends the start with an error that names the database, and no part of its password', async () => {
    const { code, output } = await Server.startAndExit({
      DATABASE_URL: 'postgres://gatehouse:c4n4ry@127.0.0.1:9/gatehouse',
    });
    expect(code).toBeGreaterThan(0);
    expect(code).not.toBe(78);
    expect(output).toMatch(/database/i);
    expect(output).not.toContain('c4n4ry');
  });

  it('ends the start where the port is taken', async () => {
    const database = await TestDatabase.create();
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as { port: number };
    try {
      const { code, output } = await Server.startAndExit({ DATABASE_URL: database.url, PORT: String(port) });
      expect(code).toBeGreaterThan(0);
      expect(output).toContain(String(port));
    } finally {
      holder.close();
      await database.drop();
    }
  });

  it('of an old schema is migrated by the server itself, and by one of several', async () => {
    const database = await TestDatabase.create({ empty: true });
    const settings = { DATABASE_URL: database.url, MIGRATE_ON_START: null, SECRET_KEY };
    try {
      const servers = await Promise.all([1, 2].map(() => Server.start(settings)));
      const rows = await database.query<{ name: string }>('SELECT name FROM schema_migrations');
      expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
      expect(rows.length).toBeGreaterThanOrEqual(3);
      await Promise.all(servers.map((server) => server.dispose()));
    } finally {
      await database.drop();
    }
  });
});
