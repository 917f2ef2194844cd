import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { useCore } from '../../../test/support/core.js';
import { PgBouncer } from '../../../test/support/pgbouncer.js';
import { TEST_SETTINGS } from '../../../test/support/server.js';
import { secretKeyOf } from '../../../test/support/server.js';
import { describeWhereInstalled } from '../../../test/support/tools.js';
import { SecretKeysModule } from '../../modules/secret-keys/secret-keys.module.js';
import { judge, judgeLatency, judgeSkew } from './database-checks.js';
import type { DatabaseFacts } from './diagnosis.repository.js';
import { examine } from './examine.js';
import type { Finding } from './finding.js';
import { judgeSpace } from './surroundings.js';

const core = useCore([SecretKeysModule]);
const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
afterAll(() => rmSync(folder, { recursive: true }));

const environment = (changes: Record<string, string> = {}) => {
  const { url } = core.database;
  const set = Object.entries(TEST_SETTINGS).filter((entry): entry is [string, string] => entry[1] !== null);
  const own = { DATABASE_URL: url, SECRET_KEY: secretKeyOf(url), DATA_DIR: folder };
  return { ...Object.fromEntries(set), ...own, ...changes };
};
/** What is not OK. How long a query takes is the machine's business: what it is called is tested by its figure below. */
const problemsIn = (findings: Finding[]) =>
  findings.filter(({ check, result }) => result !== 'OK' && check !== 'database latency');

/** Results by check. */
const resultsOf = async (changes?: Record<string, string>) =>
  Object.fromEntries((await examine(environment(changes))).map((one) => [one.check, one.result]));

function listening(server: Server): Promise<number> {
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  );
}

/** A port of this machine where nothing listens any more. */
async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it('finds nothing wrong with what the suites run on', async () => {
  const findings = await examine(environment());
  expect(problemsIn(findings)).toEqual([]);
  const checks = [
    'configuration',
    'database',
    'database role',
    'pooler',
    'row-level security',
    'migrations',
    'SECRET_KEY',
  ];
  expect(findings.map(({ check }) => check)).toEqual(
    expect.arrayContaining([...checks, 'clock', 'mail', 'SMS', 'Redis', 'disk']),
  );
  expect(JSON.stringify(findings)).not.toContain(environment().SECRET_KEY);
});

it('fails for another SECRET_KEY', async () => {
  const found = await resultsOf({ SECRET_KEY: randomBytes(32).toString('base64') });
  expect(found).toMatchObject({ database: 'OK', SECRET_KEY: 'FAIL' });
});

it('fails for a database that does not answer, and examines the rest', async () => {
  const found = await resultsOf({
    DATABASE_URL: `postgres://gatehouse@127.0.0.1:${await closedPort()}/gatehouse`,
  });
  expect(found).toMatchObject({ configuration: 'OK', database: 'FAIL', disk: 'OK' });
});

it('reports every fault of the configuration, and nothing else', async () => {
  const found = await examine(environment({ PORT: 'x', ARGON2_TIME_COST: '0' }));
  expect(found.map(({ result }) => result)).toEqual(['FAIL', 'FAIL']);
});

it.each([
  ['mail', 'SMTP_URL', 'smtp'],
  ['Redis', 'REDIS_URL', 'redis'],
  ['SMS', 'SMS_URL', 'http'],
])('fails for %s where nothing listens', async (check, name, scheme) => {
  const settings = {
    [name]: `${scheme}://127.0.0.1:${await closedPort()}`,
    SMS_WEBHOOK_SECRET: 'x'.repeat(40),
  };
  expect(await resultsOf(settings)).toMatchObject({ [check]: 'FAIL', database: 'OK' });
});

describe('a mail server', () => {
  const mails: string[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ password }, _, done) =>
      password === 'right' ? done(null, { user: 'u' }) : done(new Error('no')),
    onMailFrom: ({ address }, _, done) => {
      mails.push(address);
      done();
    },
  });
  const url = (password: string) =>
    `smtp://u:${password}@127.0.0.1:${(smtp.server.address() as { port: number }).port}`;
  beforeAll(() => new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', () => resolve())));
  afterAll(() => new Promise<void>((resolve) => smtp.close(() => resolve())));

  it('is greeted and signed in to, and gets no mail', async () => {
    expect(await resultsOf({ SMTP_URL: url('right') })).toMatchObject({ mail: 'OK' });
    expect(mails).toEqual([]);
  });

  it('that refuses the password fails', async () => {
    expect(await resultsOf({ SMTP_URL: url('wrong') })).toMatchObject({ mail: 'FAIL' });
  });
});

it('fails where DATA_DIR is a file', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(await resultsOf({ DATA_DIR: file })).toMatchObject({ disk: 'FAIL' });
});

it('fails where AUDIT_ARCHIVE_DIR is below a file', async () => {
  const file = join(folder, 'no-folder');
  writeFileSync(file, '');
  const findings = await examine(environment({ AUDIT_ARCHIVE_DIR: join(file, 'audit') }));
  expect(findings.find(({ check }) => check === 'disk')).toMatchObject({
    result: 'FAIL',
    remedy: expect.stringContaining('AUDIT_ARCHIVE_DIR') as string,
  });
});

it('makes no folder, and writes nothing into one', async () => {
  const absent = join(folder, 'not', 'made', 'yet');
  expect(await resultsOf({ DATA_DIR: absent })).toMatchObject({ disk: 'OK' });
  expect(existsSync(join(folder, 'not'))).toBe(false);
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  const before = statSync(empty).mtimeMs;
  expect(await resultsOf({ DATA_DIR: empty })).toMatchObject({ disk: 'OK' });
  expect([readdirSync(empty), statSync(empty).mtimeMs]).toEqual([[], before]);
});

describeWhereInstalled('pgbouncer', '--version')('a pooler', () => {
  let pooler: PgBouncer | undefined;
  // The suites have settings for sessions here, which PgBouncer refuses
  const { PGOPTIONS } = process.env;
  beforeAll(() => void delete process.env.PGOPTIONS);
  afterAll(() => {
    if (PGOPTIONS !== undefined) process.env.PGOPTIONS = PGOPTIONS;
  });
  afterEach(async () => {
    await pooler?.stop();
    pooler = undefined;
  });
  const poolerIn = async (mode: 'session' | 'transaction') => {
    pooler = await PgBouncer.start(core.database.url, mode);
    return problemsAndPooler(await examine(environment({ DATABASE_URL: pooler.url })));
  };
  const problemsAndPooler = (findings: Finding[]) => ({
    pooler: findings.find(({ check }) => check === 'pooler'),
    problems: problemsIn(findings).map(({ check }) => check),
  });

  it('in session mode is seen, and nothing is wrong with it', async () => {
    expect(await poolerIn('session')).toMatchObject({
      pooler: { result: 'OK', detail: expect.stringContaining('one is between') as string },
      problems: [],
    });
  });

  it('in transaction mode is what fails, and the remedy names the mode', async () => {
    expect(await poolerIn('transaction')).toMatchObject({
      pooler: { result: 'FAIL', remedy: expect.stringContaining('pool_mode = session') as string },
      problems: ['pooler'],
    });
  });

  it('that is not there is not seen', async () => {
    expect(problemsAndPooler(await examine(environment()))).toMatchObject({
      pooler: { result: 'OK', detail: expect.stringContaining('none') as string },
    });
  });
});

it('fails for a pending migration, and examines nothing that depends on it', async () => {
  const [last] = await core.query<{ timestamp: string; name: string }>(
    `DELETE FROM schema_migrations WHERE name = (SELECT name FROM schema_migrations ORDER BY timestamp DESC LIMIT 1)
     RETURNING timestamp, name`,
  );
  try {
    const found = await examine(environment());
    expect(problemsIn(found)).toEqual([
      expect.objectContaining({ check: 'migrations', result: 'FAIL', detail: `${last?.name} is pending` }),
    ]);
    expect(found.map(({ check }) => check)).not.toContain('SECRET_KEY');
  } finally {
    await core.query('INSERT INTO schema_migrations (timestamp, name) VALUES ($1, $2)', [
      last?.timestamp,
      last?.name,
    ]);
  }
});

it('fails for a table without row-level security', async () => {
  await core.query('ALTER TABLE memberships NO FORCE ROW LEVEL SECURITY');
  try {
    expect(await resultsOf()).toMatchObject({ 'row-level security': 'FAIL' });
  } finally {
    await core.query('ALTER TABLE memberships FORCE ROW LEVEL SECURITY');
  }
  expect(await resultsOf()).toMatchObject({ 'row-level security': 'OK' });
});

it('fails for the right to change audit events', async () => {
  await core.query('GRANT UPDATE ON audit_events TO gatehouse_app');
  try {
    expect(await resultsOf()).toMatchObject({ 'database rights': 'FAIL' });
  } finally {
    await core.query('REVOKE UPDATE ON audit_events FROM gatehouse_app');
  }
});

describe('what is found', () => {
  const FACTS: DatabaseFacts = {
    ...{ version: 150_018, versionText: '15.18', tls: 'TLSv1.3', isLocal: false, role: 'gatehouse_app' },
    ...{ bypassesRowSecurity: false, excessRights: [], openTables: [] },
  };

  it.each<[string, Partial<DatabaseFacts>, string]>([
    ['database version', { version: 140_001 }, 'FAIL'],
    ['database encryption', { tls: null }, 'WARN'],
    ['database encryption', { tls: null, isLocal: true }, 'OK'],
    ['database role', { role: 'owner' }, 'WARN'],
    ['row-level security', { bypassesRowSecurity: true }, 'FAIL'],
  ])('of the %s is judged: %j is %s', (check, facts, result) => {
    const found = judge({ ...FACTS, ...facts }).filter((one) => one.result !== 'OK');
    expect(found.map((one) => [one.check, one.result])).toEqual(result === 'OK' ? [] : [[check, result]]);
  });

  it.each([
    [judgeLatency(1), 'OK'],
    [judgeLatency(90), 'WARN'],
    [judgeSkew(0), 'OK'],
    [judgeSkew(-5), 'WARN'],
    [judgeSkew(31), 'FAIL'],
    [judgeSpace(2 ** 40), 'OK'],
    [judgeSpace(2 ** 29), 'WARN'],
    [judgeSpace(2 ** 20), 'FAIL'],
  ])('%j is %s, with what to do', (finding, result) => {
    expect(finding.result).toBe(result);
    expect(finding.remedy === undefined).toBe(result === 'OK');
  });
});
