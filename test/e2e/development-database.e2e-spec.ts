import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { TestDatabase } from '../support/test-database.js';
import { whereInstalled } from '../support/tools.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await TestDatabase.create();
  await database.query(`INSERT INTO tenants (id, name, slug) VALUES (gen_random_uuid(), 'Acme', 'acme')`);
});
afterEach(() => database.drop());

const run = (script: string, args: string[] = [], settings: Record<string, string> = {}) => {
  const { PATH, HOME, GATEHOUSE_TEST_RUN_DIR: DATA_DIR = '' } = process.env;
  const env = { PATH, HOME, DATA_DIR, NODE_ENV: 'test', DATABASE_URL: database.url, ...settings };
  return new Promise<{ code: number; out: string }>((resolve) => {
    execFile(
      process.execPath,
      [`scripts/development/${script}.js`, ...args],
      { env },
      (error, out, complaint) => resolve({ code: error ? Number(error.code) : 0, out: out + complaint }),
    );
  });
};
const countTenants = async () => (await database.query('SELECT FROM tenants')).length;

describe('npm run psql', () => {
  whereInstalled('psql', '--version')('shows the rows of every tenant', async () => {
    const { code, out } = await run('psql', ['--tuples-only', '--command', 'SELECT slug FROM tenants']);
    expect({ code, out: out.trim() }).toEqual({ code: 0, out: 'acme' });
  });

  it('says what to do where no database runs', async () => {
    const { code, out } = await run('psql', [], { DATABASE_URL: '', DATA_DIR: '/nonexistent' });
    expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining('npm start') as string });
  });

  it('says what to do where psql is missing', async () => {
    const { code, out } = await run('psql', [], { PATH: '/nonexistent' });
    expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining('postgresql-client') as string });
    expect(out).not.toContain(new URL(database.url).password);
  });
});

describe('npm run db:reset', () => {
  it('deletes nothing in production, nor on another machine without --yes', async () => {
    const elsewhere = { DATABASE_URL: 'postgres://somebody:secret@db.example.com/gatehouse' };
    const production = {
      NODE_ENV: 'production',
      PUBLIC_URL: 'https://id.example.com',
      APP_URL: 'https://example.com',
    };
    const secrets = { SECRET_KEY: randomBytes(32).toString('base64') };
    expect(await run('reset-database', [], elsewhere)).toMatchObject({
      code: 1,
      out: expect.stringContaining('--yes') as string,
    });
    expect(await run('reset-database', ['--yes'], { ...production, ...secrets })).toEqual({
      code: 1,
      out: expect.stringContaining('NODE_ENV') as string,
    });
    expect(await countTenants()).toBe(1);
  });

  it('leaves an empty, migrated database', async () => {
    expect(await run('reset-database')).toMatchObject({ code: 0 });
    expect(await countTenants()).toBe(0);
    expect(await database.query('SELECT FROM schema_migrations')).not.toEqual([]);
  });
});
