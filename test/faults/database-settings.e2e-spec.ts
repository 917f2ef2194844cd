import { randomBytes } from 'node:crypto';
import { Client as Connection } from 'pg';
import type { DataSource } from 'typeorm';
import type { OpenDatabase } from '../../src/boot/open-database.js';
import { assertOwnSessions } from '../../src/database/session-settings.js';
import { CertificateAuthority } from '../support/certificates.js';
import { Client, type Reply } from '../support/client.js';
import { DebianPostgres, own, POSTGRES_PROGRAMS } from '../support/debian-postgres.js';
import { Given } from '../support/given.js';
import { openAsServer } from '../support/open-as-server.js';
import { PgBouncer } from '../support/pgbouncer.js';
import { Server, type Settings } from '../support/server.js';
import { MEMBERS } from '../support/tenant.js';
import { TestDatabase } from '../support/test-database.js';
import { describeWhereInstalled, whereAllInstalled } from '../support/tools.js';
import { uniqueEmail } from '../support/unique.js';
import { useWarmProcess } from '../support/warm-process.js';

const SECRET_KEY = randomBytes(32).toString('base64');

const warm = useWarmProcess();

/** Registration, invitation, sign-in: what uses transactions, single statements and messages. */
async function serves(settings: Settings): Promise<void> {
  const server = await warm.serve({ SECRET_KEY, ...settings });
  const clients: Client[] = [];
  const given = new Given(() => {
    const client = new Client(server.origin);
    clients.push(client);
    return client;
  });
  try {
    const owner = await given.tenant();
    const member = await given.member(owner, 'manager');
    expect((await given.login(member)).user.role).toBe('manager');
    const [one, other] = await Promise.all([owner.client.get(MEMBERS), given.tenant()]);
    expect(emailsOf(one)).toEqual([owner.email, member.email].sort());
    expect(emailsOf(await other.client.get(MEMBERS))).toEqual([other.email]);
  } finally {
    await Promise.all(clients.map((client) => client.close()));
    await warm.stop();
  }
}

const emailsOf = ({ body }: Reply<unknown>) =>
  (body as { data: { email: string }[] }).data.map(({ email }) => email).sort();

/** The reason for which a server does not start, of the kind for which it exits with 78. */
async function refusalOf(url: string): Promise<string> {
  const opening = openAsServer(database, { settings: { DATABASE_URL: url } });
  const failure = await opening.then(
    async (opened) => {
      await opened.close();
      return null;
    },
    (error: Error) => error,
  );
  // 'in transaction mode' below starts a server, and sees the 78
  expect(kindsOf(failure)).toEqual(expect.arrayContaining([expect.stringMatching(EXITS_WITH_78)]));
  return failure?.message ?? '';
}

/** What `exitOnFailure` takes for a wrong configuration. */
const EXITS_WITH_78 = /^(ConfigError|DatabaseUnsuitable)$/;

function kindsOf(failure: unknown): string[] {
  const prototype = Object.getPrototypeOf(failure ?? Object.prototype) as object | null;
  return prototype === null ? [] : [prototype.constructor.name, ...kindsOf(prototype)];
}

let database: TestDatabase;
beforeAll(async () => {
  database = await TestDatabase.create();
});
afterAll(() => database.drop());

describeWhereInstalled('pgbouncer', '--version')('behind PgBouncer', () => {
  let pooler: PgBouncer | undefined;
  afterEach(() => pooler?.stop());

  it('in session mode, everything works', async () => {
    pooler = await PgBouncer.start(database.url, 'session');
    await serves({ DATABASE_URL: pooler.url });
  });

  it('in transaction mode, the server refuses to start, and says what to do', async () => {
    pooler = await PgBouncer.start(database.url, 'transaction');
    const { code, output } = await Server.startAndExit({ DATABASE_URL: pooler.url });
    expect({ code, output }).toEqual({
      code: 78,
      output: expect.stringContaining('pool_mode = session') as string,
    });
  });

  /** Two connections; after a transaction on both at once, the pooler has an idle session for each. */
  const openTwo = async (url: string, sessions: number): Promise<[Connection, Connection]> => {
    const [one, other] = [
      new Connection({ connectionString: url }),
      new Connection({ connectionString: url }),
    ];
    for (const connection of [one, other]) await connection.connect();
    for (const end of sessions > 1 ? ['BEGIN', 'COMMIT'] : [])
      for (const connection of [one, other]) await connection.query(end);
    return [one, other];
  };

  it.each([
    ['hands out its sessions in turn', 2, { server_round_robin: 1, min_pool_size: 2 }],
    ['hands out the last one first', 2, { server_round_robin: 0, min_pool_size: 2 }],
    ['has three, and hands them out in turn', 3, { server_round_robin: 1, min_pool_size: 3 }],
    ['has a single one', 1, { default_pool_size: 1 }],
  ])('in transaction mode, one that %s is detected each time', async (_, sessions, settings) => {
    pooler = await PgBouncer.start(database.url, 'transaction', settings);
    for (let start = 0; start < 5; start += 1) {
      const two = await openTwo(pooler.url, sessions);
      await expect(assertOwnSessions(...two)).rejects.toThrow('pool_mode = session');
      for (const one of two) await one.end();
    }
  });

  it('in session mode, its settings do not matter', async () => {
    pooler = await PgBouncer.start(database.url, 'session', { server_round_robin: 1, min_pool_size: 2 });
    const two = await openTwo(pooler.url, 2);
    await expect(assertOwnSessions(...two)).resolves.toBeUndefined();
    for (const one of two) await one.end();
  });
});

async function assertOwnLimits(dataSource: DataSource): Promise<void> {
  expect(await dataSource.query('SHOW statement_timeout')).toEqual([{ statement_timeout: '10min' }]);
  expect(await dataSource.query('SHOW lock_timeout')).toEqual([{ lock_timeout: '10min' }]);
}

/** Both pools wait for their commits, find our tables first, and read statements as they are written. */
async function assertPinned({ dataSource, acrossTenants }: OpenDatabase): Promise<void> {
  for (const pool of [dataSource, acrossTenants]) {
    expect(await pool.query('SHOW synchronous_commit')).toEqual([{ synchronous_commit: 'on' }]);
    expect(await pool.query('SHOW search_path')).toEqual([{ search_path: 'public, pg_temp' }]);
    expect(
      await pool.query(`SELECT ('{NULL}'::text[])[1] IS NULL AS null, 0.1::float8 + 0.2 AS sum`),
    ).toEqual([{ null: true, sum: 0.1 + 0.2 }]);
    expect(await pool.query(String.raw`SELECT '\n' AS backslash`)).toEqual([{ backslash: '\\n' }]);
    // A comparison, not IS NULL
    expect(await pool.query('SELECT 1 WHERE null::int = null')).toEqual([]);
  }
}

describe('a database whose settings are not ours', () => {
  const alter = (what: string) =>
    database.query(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I ${what}', current_database()); END $$`);

  it('serves as ever', async () => {
    for (const setting of [
      `datestyle = ''German, DMY''`,
      `default_transaction_isolation = ''serializable''`,
      `intervalstyle = ''sql_standard''`,
      `bytea_output = ''escape''`,
      `extra_float_digits = -5`,
      `array_nulls = off`,
      `transform_null_equals = on`,
      `standard_conforming_strings = off`,
      `row_security = off`,
      `synchronous_commit = off`,
      `search_path = pg_catalog`,
      // Longer than a machine stands still before the server has set its own
      `statement_timeout = ''2min''`,
      `lock_timeout = ''2min''`,
      `timezone = ''Asia/Kolkata''`,
    ])
      await alter(`SET ${setting}`);
    const opened = await openAsServer(database, { settings: { DATABASE_URL: database.url } });
    try {
      await assertOwnLimits(opened.dataSource);
      await assertPinned(opened);
      await serves({ DATABASE_URL: database.url });
    } finally {
      await opened.close();
      await alter('RESET ALL');
    }
  });

  it.each([
    ['?options=-c%20statement_timeout%3D0%20-c%20row_security%3Doff%20-c%20gatehouse.tenant%3D*'],
    ['?application_name=mine'],
  ])('serves with its own limits and scope with %s in the URL', async (parameters) => {
    const opened = await openAsServer(database, {
      settings: { DATABASE_URL: `${database.url}${parameters}` },
    });
    try {
      await assertOwnLimits(opened.dataSource);
      expect(await opened.dataSource.query('SHOW row_security')).toEqual([{ row_security: 'on' }]);
      expect(await opened.dataSource.query('SHOW gatehouse.tenant')).toEqual([{ 'gatehouse.tenant': '' }]);
    } finally {
      await opened.close();
    }
  });

  it.each([
    'statement_timeout=0',
    'lock_timeout=0',
    'query_timeout=0',
    'idle_in_transaction_session_timeout=0',
  ])('refuses %s in the URL, and names the variable for it', async (parameter) => {
    expect(await refusalOf(`${database.url}?${parameter}`)).toMatch(
      /DATABASE_URL must not contain \w+: set DATABASE_\w+ instead/,
    );
  });
});

describe('a user of the database', () => {
  const superuser = async <T>(work: (connection: Connection) => Promise<T>): Promise<T> => {
    const url = new URL(database.url);
    url.username = 'postgres';
    const connection = new Connection({ connectionString: url.href });
    await connection.connect();
    try {
      return await work(connection);
    } finally {
      await connection.end();
    }
  };
  const asSuperuser = () => Object.assign(new URL(database.url), { username: 'postgres' }).href;

  it('may be a superuser: the server acts as a role to which row-level security applies', async () => {
    const opened = await openAsServer(database, { settings: { DATABASE_URL: asSuperuser() } });
    try {
      expect(await opened.dataSource.query(`SELECT row_security_active('memberships') AS active`)).toEqual([
        { active: true },
      ]);
    } finally {
      await opened.close();
    }
  });

  it.each([
    ['off', 'on'],
    ['local', 'on'],
    ['remote_apply', 'remote_apply'],
  ])('of whom synchronous_commit is %s waits for its commits: %s', async (given, expected) => {
    const name = `hasty_${randomBytes(6).toString('hex')}`;
    await superuser((connection) =>
      connection.query(
        `CREATE ROLE ${name} LOGIN PASSWORD 'Xq7-hasty' IN ROLE gatehouse_app;
         ALTER ROLE ${name} SET synchronous_commit = '${given}'`,
      ),
    );
    const url = Object.assign(new URL(database.url), { username: name, password: 'Xq7-hasty' }).href;
    const opened = await openAsServer(database, { settings: { DATABASE_URL: url } });
    try {
      expect(await opened.acrossTenants.query('SHOW synchronous_commit')).toEqual([
        { synchronous_commit: expected },
      ]);
    } finally {
      await opened.close();
      await superuser((connection) => connection.query(`DROP ROLE ${name}`));
    }
  });

  it('may not turn foreign keys and triggers off: such a superuser is refused', async () => {
    const url = `${asSuperuser()}?options=-c%20session_replication_role%3Dreplica`;
    expect(await refusalOf(url)).toContain('session_replication_role is replica');
  });

  it('may own nothing, where another one migrates', async () => {
    const name = `server_${randomBytes(6).toString('hex')}`;
    await superuser((connection) =>
      connection.query(`CREATE ROLE ${name} LOGIN PASSWORD 'Xq7-server' IN ROLE gatehouse_app`),
    );
    const url = Object.assign(new URL(database.url), { username: name, password: 'Xq7-server' }).href;
    const server = await warm.serve({ DATABASE_URL: url, SECRET_KEY });
    try {
      expect((await fetch(`${server.origin}/health/ready`)).status).toBe(200);
      const names = { firstName: 'Ada', lastName: 'L', companyName: 'Two Roles' };
      const registration = { email: uniqueEmail(), password: 'a long enough passphrase', ...names };
      expect((await new Client(server.origin).post('/auth/register', registration)).status).toBe(201);
    } finally {
      await warm.stop();
      await superuser((connection) => connection.query(`DROP ROLE ${name}`));
    }
  });

  it('to whom row-level security does not apply, and who cannot act as another, is refused', async () => {
    const name = `bypass_${randomBytes(6).toString('hex')}`;
    await superuser((connection) =>
      connection.query(`CREATE ROLE ${name} LOGIN BYPASSRLS PASSWORD 'Xq7-bypass'`),
    );
    try {
      const url = Object.assign(new URL(database.url), { username: name, password: 'Xq7-bypass' }).href;
      expect(await refusalOf(url)).toContain('BYPASSRLS');
    } finally {
      await superuser((connection) => connection.query(`DROP ROLE ${name}`));
    }
  });

  it('may not choose an encoding that cannot store every name', async () => {
    const name = `latin_${randomBytes(6).toString('hex')}`;
    const create = `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C'`;
    await superuser((connection) => connection.query(create));
    try {
      const url = Object.assign(new URL(database.url), { pathname: `/${name}` }).href;
      expect(await refusalOf(url)).toContain(`ENCODING 'UTF8'`);
    } finally {
      await superuser((connection) => connection.query(`DROP DATABASE ${name}`));
    }
  });
});

const withPostgres = [
  ['openssl', 'version'],
  [`${POSTGRES_PROGRAMS}/postgres`, '--version'],
];

/** docs/databases.md, of the oldest PostgreSQL that is supported. */
whereAllInstalled(withPostgres)('a connection to a PostgreSQL with TLS', () => {
  let postgres: DebianPostgres;
  /** The one of the server's certificate, which is for `localhost`, and another one. */
  let authorities: { right: CertificateAuthority; wrong: CertificateAuthority };

  beforeAll(async () => {
    postgres = await DebianPostgres.create();
    postgres.initialise();
    const [right, wrong] = ['right', 'wrong'].map(
      (name) => new CertificateAuthority(postgres.folder, name),
    ) as [CertificateAuthority, CertificateAuthority];
    authorities = { right, wrong };
    const { certificate, key } = right.issue('localhost');
    own(postgres.folder);
    await postgres.start({
      ssl: 'on',
      ssl_cert_file: certificate,
      ssl_key_file: key,
      unix_socket_directories: postgres.folder,
    });
    await postgres.query('CREATE ROLE gatehouse LOGIN CREATEROLE');
    await postgres.query(
      `CREATE DATABASE gatehouse OWNER gatehouse ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0`,
    );
  });
  afterAll(() => postgres.remove());

  /** `host`, `RIGHT` and `WRONG` stand for what is known once the server runs. */
  const urlOf = (parameters: string, host = 'localhost') => {
    const url = new URL(postgres.url('gatehouse', 'gatehouse'));
    url.hostname = host;
    url.search = parameters.replace('RIGHT', authorities.right.file).replace('WRONG', authorities.wrong.file);
    return url.href;
  };
  const isEncrypted = async (url: string) => {
    const opened = await openAsServer(database, { settings: { DATABASE_URL: url } });
    try {
      // The role of the server may not see it
      const [, seen] = await opened.acrossTenants.transaction(async (tx) => [
        await tx.query('RESET ROLE'),
        await tx.query<{ ssl: boolean }[]>('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'),
      ]);
      return seen[0]?.ssl;
    } finally {
      await opened.close();
    }
  };

  it.each([
    ['sslmode=verify-full&sslrootcert=RIGHT', true],
    ['sslrootcert=RIGHT', true],
    ['sslmode=require&sslrootcert=RIGHT', true],
    ['sslmode=no-verify', true],
    ['uselibpqcompat=true&sslmode=require', true],
    ['sslmode=disable', false],
    ['', false],
  ])('with %s in the URL is encrypted: %s', async (parameters, expected) => {
    expect(await isEncrypted(urlOf(parameters))).toBe(expected);
  });

  it.each([
    ['sslmode=verify-full&sslrootcert=WRONG', 'localhost', 'unable to verify|self.signed|unable to get'],
    ['sslmode=verify-full', 'localhost', 'unable to verify|self.signed|unable to get'],
    // The driver takes these for verify-full, others do not
    ['sslmode=prefer', 'localhost', 'unable to verify|self.signed|unable to get'],
    ['sslmode=require', 'localhost', 'unable to verify|self.signed|unable to get'],
    ['sslmode=verify-ca&sslrootcert=RIGHT', '127.0.0.1', 'does not match certificate'],
    ['sslmode=verify-full&sslrootcert=RIGHT', '127.0.0.1', 'does not match certificate'],
    ['sslmode=verify-full&sslrootcert=/no/such/file', 'localhost', 'cannot be read: ENOENT'],
  ])('with %s to %s is refused, and says why', async (parameters, host, reason) => {
    await expect(isEncrypted(urlOf(parameters, host))).rejects.toThrow(new RegExp(reason));
  });

  it('without the name in the certificate is allowed where the URL says so in the words of libpq', async () => {
    const parameters = 'uselibpqcompat=true&sslmode=verify-ca&sslrootcert=RIGHT';
    expect(await isEncrypted(urlOf(parameters, '127.0.0.1'))).toBe(true);
  });

  it('that is refused ends the start with the reason, and what to do', async () => {
    const url = urlOf('sslmode=verify-full&sslrootcert=RIGHT', '127.0.0.1');
    expect(await refusalOf(url)).toMatch(/does not match certificate's altnames.*sslrootcert/);
  });

  it('is refused where the database offers none', async () => {
    await expect(isEncrypted(`${database.url}?sslmode=verify-full`)).rejects.toThrow('offers no TLS');
    const socket = `${postgres.socketUrl('gatehouse', 'gatehouse')}?sslmode=verify-full`;
    await expect(isEncrypted(socket)).rejects.toThrow('offers no TLS');
  });

  it('migrates and serves', () =>
    serves({ MIGRATE_ON_START: 'true', DATABASE_URL: urlOf('sslmode=verify-full&sslrootcert=RIGHT') }));

  it('by a Unix socket works in each form of the URL, in the clear', async () => {
    const { folder, port } = postgres;
    for (const url of [
      postgres.socketUrl('gatehouse', 'gatehouse'),
      `postgres://gatehouse@localhost:${port}/gatehouse?host=${folder}`,
      `postgres:///gatehouse?host=${folder}&port=${port}&user=gatehouse`,
    ])
      expect(await isEncrypted(url)).toBe(false);
  });
});
