import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { jest } from '@jest/globals';
import { greet } from '../../src/boot/greet.js';
import { Log } from '../../src/common/log.js';
import { ConfigError, loadConfig } from '../../src/config/config.js';
import { Server } from '../support/server.js';
import { useSharedApp } from '../support/test-app.js';

const DATABASE_URL = 'postgres://nobody@127.0.0.1:9/none';

/** What a server of production needs, and no more. */
const PRODUCTION = {
  NODE_ENV: 'production',
  SECRET_KEY: randomBytes(32).toString('base64'),
  DATABASE_URL,
  PUBLIC_URL: 'https://id.example.com',
  APP_URL: 'https://app.example.com',
  SMTP_URL: 'none',
};

/** What a program says in a folder with this `.env`. */
function migrateWith(bytes: Buffer) {
  const cwd = mkdtempSync(join(tmpdir(), 'gatehouse-env-'));
  writeFileSync(join(cwd, '.env'), bytes);
  const env = { PATH: process.env.PATH, DATABASE_URL };
  const ended = spawnSync(process.execPath, [resolve('dist/migrate.js')], { cwd, env, encoding: 'utf8' });
  rmSync(cwd, { recursive: true });
  return ended;
}

/** The message with which a server with these settings refuses to start, or null. */
function refusalOf(settings: Record<string, string | undefined>): string | null {
  try {
    loadConfig(settings);
    return null;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

describe('an invalid configuration', () => {
  it.each(['main', 'admin'])('ends %s with 78 and one line if .env cannot be read', (program) => {
    const cwd = mkdtempSync(join(tmpdir(), 'gatehouse-env-'));
    mkdirSync(join(cwd, '.env'));
    const args = [resolve(`dist/${program}.js`), ...(program === 'admin' ? ['operator', 'list'] : [])];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
    rmSync(cwd, { recursive: true });
    expect(status).toBe(78);
    expect(stderr).toMatch(/^The configuration is not usable:\n {2}- \.env must be a readable file: .+\n$/);
  });

  it('is found in .env with the mark of an editor and its line ends, too', () => {
    const { status, stderr } = migrateWith(Buffer.from('\ufeffPORT=eighty\r\nexport LOG_LEVEL="loud"\r\n'));
    expect(status).toBe(78);
    expect(stderr).toMatch(/^ {2}- PORT .*\n {2}- LOG_LEVEL /m);
  });

  it('names a .env that is not in UTF-8', () => {
    const { status, stderr } = migrateWith(Buffer.from('\ufeffPORT=3000\r\n', 'utf16le'));
    expect([status, stderr]).toEqual([78, expect.stringContaining('.env must be a text in UTF-8')]);
  });

  it('ends the start with exit code 78 and one line for each variable, all of them at once, and repeats no secret', async () => {
    const { code, output } = await Server.startAndExit({
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

  it('is not what production needs', () => expect(refusalOf(PRODUCTION)).toBeNull());

  it.each<[string, Record<string, string | undefined>, string]>([
    ['production without SECRET_KEY', { ...PRODUCTION, SECRET_KEY: undefined }, 'SECRET_KEY'],
    [
      'production without a database, where it would start one of its own',
      { ...PRODUCTION, DATABASE_URL: undefined },
      'DATABASE_URL',
    ],
    ['production without limits', { ...PRODUCTION, THROTTLE_ENABLED: 'false' }, 'THROTTLE_ENABLED'],
    ['an invalid shared secret', { SIGNING_ALG: 'HS256' }, 'JWT_SECRET'],
  ])('is %s', (_, settings, name) => {
    expect(refusalOf(settings)).toMatch(new RegExp(`^The configuration is not usable:\n  - ${name} .*$`));
  });

  it('is production with made-up secrets and hashes without cost, all of which it names', () => {
    const zeros = Buffer.alloc(32).toString('base64');
    const refusal = refusalOf({
      ...PRODUCTION,
      SECRET_KEY: zeros,
      SECRET_KEY_PREVIOUS: Buffer.alloc(32, 'abcd').toString('base64'),
      ARGON2_MEMORY_KIB: '64',
      ARGON2_TIME_COST: '1',
    });
    for (const name of ['SECRET_KEY', 'SECRET_KEY_PREVIOUS', 'ARGON2_MEMORY_KIB', 'ARGON2_TIME_COST']) {
      expect(refusal).toMatch(new RegExp(`^\\W*${name} .*Example: ${name}=.+`, 'm'));
    }
    expect(refusal).not.toContain(zeros);
  });

  it.each(['0.0.0.0', '::'])('is a development server at %s, unless that is configured', (HOST) => {
    expect(refusalOf({ HOST })).toMatch(
      /^\W*HOST .*ALLOW_DEVELOPMENT_ON_NETWORK=true.*Example: HOST=127\.0\.0\.1$/m,
    );
    expect(refusalOf({ HOST, ALLOW_DEVELOPMENT_ON_NETWORK: 'true' })).toBeNull();
  });
});

describe('a development server that the network can reach', () => {
  const t = useSharedApp({ HOST: '0.0.0.0', ALLOW_DEVELOPMENT_ON_NETWORK: 'true' });
  const warnings = (output: string) => output.split('\n').filter((line) => /open to the network/.test(line));

  /** What a server with these settings prints when it is ready. */
  const greetingOf = (settings: Record<string, string>) => {
    const printed: string[] = [];
    const print = (said: unknown) => printed.push(JSON.stringify(said)) > 0;
    const spies = [
      jest.spyOn(process.stdout, 'write').mockImplementation(print),
      jest.spyOn(Log.prototype, 'write').mockImplementation((...said) => void print(said)),
    ];
    greet(loadConfig(settings), new Log('info'));
    for (const spy of spies) spy.mockRestore();
    return printed.join('');
  };

  it('warns that its messages are open to all, in the log and in its greeting', async () => {
    await t.server.restart();
    expect(warnings(await t.writtenLog()).toSorted()).toEqual([
      expect.stringMatching(/^ {2}Warning /),
      expect.stringContaining('"level":"warn"'),
    ]);
  });

  it.each<[string, Record<string, string>]>([
    ['this machine alone', { HOST: '127.0.0.1' }],
    ['all, in production, which has no such messages', { ...PRODUCTION, HOST: '0.0.0.0' }],
  ])('does not warn where it is open to %s', (_, settings) => {
    const greeting = greetingOf(settings);
    expect(greeting).toContain('["info","ready",');
    expect(warnings(greeting)).toEqual([]);
  });
});

describe('an unusable environment', () => {
  const t = useSharedApp();

  it('of a port that is taken ends the start', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as { port: number };
    try {
      const { code, output } = await Server.startAndExit({ ...t.server.settings, PORT: String(port) });
      expect({ code, output }).toEqual({
        code: 1,
        output: expect.stringContaining('The port is taken') as string,
      });
    } finally {
      holder.close();
    }
  });
});
