import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { itLong } from '../support/long.js';
import { runProgram } from '../support/programs.js';
import { Server, type Settings } from '../support/server.js';
import { TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';
import { useWarmProcess } from '../support/warm-process.js';

const REGISTRATION = {
  email: 'first@example.com',
  password: 'a long enough passphrase',
  firstName: 'First',
  lastName: 'Person',
  companyName: 'First Company',
};

const [warm, other] = [useWarmProcess('plain'), useWarmProcess('other')];
let database: TestDatabase;

beforeEach(async () => {
  database = await TestDatabase.create({ empty: true });
});

afterEach(() => database.drop());

const SECRET_KEY = randomBytes(32).toString('base64');

const settings = (): Settings => ({ DATABASE_URL: database.url, MIGRATE_ON_START: 'true', SECRET_KEY });

const statusOf = async ({ origin }: Server, path: string) => (await fetch(`${origin}${path}`)).status;

describe('a server that does not migrate', () => {
  it('is alive and unready until another program has migrated, and then serves', async () => {
    let told = '';
    const { code } = await Server.startAndExit(
      { ...settings(), MIGRATE_ON_START: 'false' },
      (child, server) => {
        const migrates = async () => {
          await until(() => server.log.includes('is pending'));
          await until(() =>
            statusOf(server, '/health/live').then(
              (status) => status === 200,
              () => false,
            ),
          );
          const unready = await fetch(`${server.origin}/health/ready`);
          told = `${unready.status} after ${unready.headers.get('retry-after')} s`;
          const migrated = await runProgram('migrate', [], server, { MIGRATE_ON_START: 'true' });
          told += `, ${migrated.stdout.slice(0, 8)}`;
          await until(() =>
            statusOf(server, '/health/ready').then(
              (status) => status === 200,
              () => false,
            ),
          );
          const registered = await fetch(`${server.origin}/auth/register`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(REGISTRATION),
          });
          told += `, ${registered.status}`;
        };
        void migrates().finally(() => child.kill('SIGTERM'));
      },
    );
    expect(told).toBe('503 after 2 s, Applied:, 201');
    expect(code).toBe(0);
  });

  itLong('stops while it waits', async () => {
    const { code, signal } = await Server.startAndExit(
      { ...settings(), MIGRATE_ON_START: 'false' },
      (child, server) => {
        void until(() => server.log.includes('is pending')).then(() => child.kill('SIGTERM'));
      },
    );
    expect({ code, signal }).toEqual({ code: 0, signal: null });
  });
});

it('a server killed in the middle of its migrations leaves a schema that two others complete', async () => {
  const applied = () =>
    database.query<{ name: string }>('SELECT name FROM schema_migrations').then(
      (rows) => rows.map(({ name }) => name),
      () => [],
    );
  const { signal } = await Server.startAndExit(settings(), (child) => {
    void until(async () => (await applied()).length > 0).then(() => child.kill('SIGKILL'));
  });
  expect(signal).toBe('SIGKILL');

  const servers = await Promise.all([warm, other].map((process) => process.serve(settings())));
  const names = await applied();
  expect(new Set(names).size).toBe(names.length);
  for (const server of servers) {
    expect(await statusOf(server, '/health/ready')).toBe(200);
    await server.dispose();
  }
});

it('npm run migrate names the migration that fails, without a stack', async () => {
  await database.query('CREATE TABLE users (id int)');
  const { PATH } = process.env;
  const env = { PATH, DATABASE_URL: database.url };
  const { status, stderr: output } = spawnSync(process.execPath, ['dist/migrate.js'], {
    env,
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(output).toContain('The migration CreatePeopleAndTenants1795300000001 failed and was rolled back: ');
  expect(output).not.toMatch(/^\s+at /m);
});
