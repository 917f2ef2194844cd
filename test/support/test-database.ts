import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { until } from './until.js';

const TABLES = `
  SELECT quote_ident(tablename) AS name FROM pg_tables
  WHERE schemaname = 'public' AND tablename NOT IN ('signing_keys', 'next_signing_keys', 'secret_keys', 'schema_migrations')`;

/** Transactions of others that are running. */
const TRANSACTIONS = `
  SELECT 1 FROM pg_stat_activity
  WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()
    AND backend_type = 'client backend'`;

/**
 * Moves every time stamp of every row, a table at a time, in one request. Where time stamps belong to a key, a moved row
 * must not collide with another's: all of them move far away first, and back from there, longer than anything is kept.
 */
const passTime = (seconds: number): string => `
  DO $$
  DECLARE own record;
  BEGIN
    FOR own IN
      SELECT c.oid::regclass AS "table", string_agg(format('%1$I = %1$I - $1', a.attname), ', ') AS moves, bool_or(EXISTS (
        SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('p', 'u', 'f') AND a.attnum = ANY (k.conkey)
      )) AS "isKey"
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE c.relnamespace = 'public'::regnamespace AND (c.relkind = 'p' OR c.relkind = 'r' AND pg_relation_size(c.oid) > 0)
        AND a.atttypid = 'timestamptz'::regtype AND NOT a.attisdropped
      GROUP BY c.oid
    LOOP
      IF own."isKey" THEN
        EXECUTE format('UPDATE %s SET %s', own."table", own.moves) USING make_interval(secs => -1000000000);
        COMMIT;
        EXECUTE format('UPDATE %s SET %s', own."table", own.moves) USING make_interval(secs => 1000000000 + ${seconds});
      ELSE
        EXECUTE format('UPDATE %s SET %s', own."table", own.moves) USING make_interval(secs => ${seconds});
      END IF;
      COMMIT;
    END LOOP;
  END $$`;

/** A database of its own, cloned from the run's migrated template. */
export class TestDatabase {
  private connection: Client | null = null;
  /** A connection runs one statement after the other, also for concurrent callers. */
  private lastAnswer: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly name: string,
    readonly url: string,
  ) {}

  /** `empty` gives a database without any table, for programs that migrate by themselves. */
  static async create({
    empty = false,
    template,
  }: { empty?: boolean; template?: string } = {}): Promise<TestDatabase> {
    const { GATEHOUSE_TEST_DATABASE_URL: base = '', GATEHOUSE_TEST_PREFIX: prefix = '' } = process.env;
    const name = `${prefix}_${randomBytes(6).toString('hex')}`;
    const source = template ?? (empty ? 'template0' : `${prefix}_template`);
    // Copies files instead of writing each page to the log: a third of the time where nothing is synced
    await execute(base, `CREATE DATABASE ${name} TEMPLATE ${source} STRATEGY file_copy`);
    const url = new URL(base);
    url.pathname = `/${name}`;
    return new TestDatabase(name, url.href);
  }

  /** As the source is now. Nobody may be connected to it. */
  static async copyOf(source: TestDatabase): Promise<TestDatabase> {
    await source.disconnect();
    return TestDatabase.create({ template: source.name });
  }

  /** One that another spec file created. */
  static attach(url: string): TestDatabase {
    return new TestDatabase(new URL(url).pathname.slice(1), url);
  }

  /** Rows of one statement. For what no client may do or see: moving time, reading what is stored. */
  async query<Row extends object = Record<string, unknown>>(
    sql: string,
    values: unknown[] = [],
  ): Promise<Row[]> {
    const answer = this.lastAnswer.then(async () => {
      this.connection ??= await connect(this.url);
      return (await this.connection.query<Row>(sql, values)).rows;
    });
    this.lastAnswer = answer.catch(() => undefined);
    return answer;
  }

  /** Advances time for everything stored here: every time stamp of every row moves into the past by this much. */
  async pass(seconds: number): Promise<void> {
    await this.query(passTime(seconds));
  }

  /** Removes the data of the previous spec file, once the server is done with it; the server's own keys stay. */
  async clear(): Promise<void> {
    await until(async () => (await this.query(TRANSACTIONS)).length === 0);
    const tables = await this.query<{ name: string }>(TABLES);
    await this.query(`TRUNCATE ${tables.map(({ name }) => name).join()}`);
  }

  async disconnect(): Promise<void> {
    await this.connection?.end();
    this.connection = null;
  }

  /**
   * Not `WITH (FORCE)`, which an ordinary role may not use while autovacuum is in there; without it, PostgreSQL
   * waits.
   */
  async drop(): Promise<void> {
    await this.disconnect();
    // A server that is still running would connect again
    await this.administer(`ALTER DATABASE ${this.name} ALLOW_CONNECTIONS false`);
    await this.administer(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = '${this.name}' AND backend_type = 'client backend'`,
    );
    await this.administer(`DROP DATABASE ${this.name}`);
  }

  private administer(sql: string): Promise<void> {
    return execute(process.env.GATEHOUSE_TEST_DATABASE_URL ?? '', sql);
  }
}

async function connect(url: string): Promise<Client> {
  const connection = new Client({ connectionString: url, options: '-c gatehouse.tenant=*' });
  connection.on('error', () => undefined);
  await connection.connect();
  return connection;
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
