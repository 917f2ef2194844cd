import { randomInt } from 'node:crypto';
import type { ClientBase } from 'pg';
import { DatabaseUnsuitable, SessionShared } from '../common/database-failures.js';

/** What a connection must be before it is used. */
export interface SessionSettings {
  /** The role to work as; null for the user of the URL. */
  role: string | null;
  /** True for connections that serve requests: row-level security must apply to their role. */
  serves: boolean;
  /** PostgreSQL's settings by name. */
  values: Readonly<Record<string, string>>;
}

/** Pinned on every connection, whatever the database, the role and the URL say. */
const PINNED = {
  // The driver reads dates and bytes in these formats only
  datestyle: 'ISO, MDY',
  intervalstyle: 'postgres',
  bytea_output: 'hex',
  client_encoding: 'UTF8',
  extra_float_digits: '1',
  // Statements are written for these meanings of NULL and of backslashes
  array_nulls: 'on',
  transform_null_equals: 'off',
  standard_conforming_strings: 'on',
  // The locks of the transactions are written for it
  default_transaction_isolation: 'read committed',
  row_security: 'on',
  // Neither a schema of the user's name nor a temporary table may stand before a table of ours
  search_path: 'public, pg_temp',
};

/**
 * What was answered as done, such as a revocation, must outlast a crash of the database and a fail-over, whatever a role,
 * the database or the URL says. Kept where the whole server writes nothing safely: that one was made to be thrown away.
 */
const DURABLE_COMMIT = `
  SELECT CASE WHEN setting IN ('off', 'local')
      AND (current_setting('fsync')::bool OR source NOT IN ('default', 'configuration file', 'command line'))
    THEN 'on' ELSE setting END
  FROM pg_settings WHERE name = 'synchronous_commit'`;

const NO_SESSION =
  'DATABASE_URL leads to a pooler that shares one session between clients, so that row-level security would apply the ' +
  'settings of another client. Use session mode (PgBouncer: pool_mode = session), or connect to PostgreSQL directly.';

/**
 * Applies the settings to a new connection, and reads them back. They are set by statements after the session has
 * started: poolers refuse or drop settings in the startup packet, and the parameters of a URL take precedence over it.
 * Throws DatabaseUnsuitable if the connection is not as required.
 */
export async function establishSession(client: ClientBase, settings: SessionSettings): Promise<void> {
  const { role, values } = settings;
  const wanted = Object.entries({ ...PINNED, ...values, ...(role !== null && { role }) });
  const sets = wanted.map((_, index) => `set_config($${2 * index + 1}, $${2 * index + 2}, false)`);
  sets.push(`set_config('synchronous_commit', (${DURABLE_COMMIT}), false)`);
  const { applied } = await readOne<{ applied: string[] }>(
    client,
    `SELECT ARRAY[${sets.join(', ')}] AS applied`,
    wanted.flat(),
  );
  const names = [...wanted.map(([name]) => name), 'synchronous_commit'];
  const found = await readOne<Facts>(client, FACTS, [names]);
  if (found.settings.some((value, index) => value !== applied[index])) throw new SessionShared(NO_SESSION);
  assertSuitable(found, settings);
}

/** Of transactions on both connections at once. */
const ROUNDS = 24;

/**
 * Throws SessionShared if one of two connections is not one session for as long as it is open: then a pooler works
 * in transaction mode. Each round opens a transaction on both, so that a pooler needs two sessions for them, and ends
 * them in a random order. A pooler then gives the next transaction the session that became free first (round robin) or
 * last, which is the wrong one with a probability of 1/2, or one of a third client's, which always is: it is missed with
 * a probability of at most 2^-24. After it has thrown, a transaction may be open: the connections are of no use.
 */
export async function assertOwnSessions(one: ClientBase, other: ClientBase): Promise<void> {
  const own = new Map([one, other].map((client) => [client, null as number | null]));
  const look = (client: ClientBase, id: number) => {
    const known = own.get(client);
    const isShared = [...own].some(([another, its]) => another !== client && its === id);
    if (isShared || (known !== null && known !== id)) throw new SessionShared(NO_SESSION);
    own.set(client, id);
  };
  // A pooler with a single session would let the second transaction wait for the first
  for (const client of [one, other]) look(client, (await readOne<Process>(client, PROCESS, [])).id);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const client of inRandomOrder(one, other)) {
      await client.query('BEGIN');
      look(client, (await readOne<Process>(client, PROCESS, [])).id);
    }
    for (const client of inRandomOrder(one, other)) await client.query('ROLLBACK');
  }
}

interface Process {
  id: number;
}

const PROCESS = 'SELECT pg_backend_pid() AS id';

const inRandomOrder = (one: ClientBase, other: ClientBase) =>
  randomInt(2) === 0 ? [one, other] : [other, one];

interface Facts {
  settings: string[];
  replication: string;
  role: string;
  bypasses: boolean;
  encoding: string;
}

const FACTS = `
  SELECT ARRAY(SELECT current_setting(name) FROM unnest($1::text[]) WITH ORDINALITY AS wanted (name, place) ORDER BY place)
      AS settings,
    current_setting('session_replication_role') AS replication,
    current_user AS role, rolsuper OR rolbypassrls AS bypasses, current_setting('server_encoding') AS encoding
  FROM pg_roles WHERE rolname = current_user`;

function assertSuitable({ replication, role, bypasses, encoding }: Facts, wanted: SessionSettings): void {
  if (wanted.role !== null && role !== wanted.role) {
    throw new DatabaseUnsuitable(`The database works as ${role} instead of ${wanted.role}.`);
  }
  // Only a superuser may set it, so it cannot be set here
  if (replication !== 'origin') {
    throw new DatabaseUnsuitable(
      `session_replication_role is ${replication}, so that foreign keys and triggers do not apply. Remove it from the ` +
        'settings of the database, of its user, and from DATABASE_URL.',
    );
  }
  if (encoding !== 'UTF8') {
    throw new DatabaseUnsuitable(
      `The encoding of the database is ${encoding}, which cannot store every name. Create it with ENCODING 'UTF8'.`,
    );
  }
  if (wanted.serves && bypasses) {
    throw new DatabaseUnsuitable(
      `Row-level security does not apply to the role ${role}: it is a superuser or has BYPASSRLS. Use another user in ` +
        'DATABASE_URL, or allow this one to create the role gatehouse_app and to act as it.',
    );
  }
}

async function readOne<Row>(client: ClientBase, text: string, values: unknown[]): Promise<Row> {
  const { rows } = await client.query(text, values);
  return rows[0] as Row;
}
