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
  // The locks of the transactions are written for it
  default_transaction_isolation: 'read committed',
  row_security: 'on',
};

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
  const { applied } = await readOne<{ applied: string[] }>(
    client,
    `SELECT ARRAY[${sets.join(', ')}] AS applied`,
    wanted.flat(),
  );
  const names = wanted.map(([name]) => name);
  const found = await readOne<Facts>(client, FACTS, [names]);
  if (found.settings.some((value, index) => value !== applied[index])) throw new SessionShared(NO_SESSION);
  assertSuitable(found, settings);
}

/**
 * Throws DatabaseUnsuitable if two connections that are open at once are one session: then a pooler works in transaction
 * mode.
 */
export async function assertOwnSessions(one: ClientBase, other: ClientBase): Promise<void> {
  const processOf = (client: ClientBase) =>
    readOne<{ id: number }>(client, 'SELECT pg_backend_pid() AS id', []);
  if ((await processOf(one)).id === (await processOf(other)).id) throw new SessionShared(NO_SESSION);
}

interface Facts {
  settings: string[];
  role: string;
  bypasses: boolean;
  encoding: string;
}

const FACTS = `
  SELECT ARRAY(SELECT current_setting(name) FROM unnest($1::text[]) WITH ORDINALITY AS wanted (name, place) ORDER BY place)
      AS settings,
    current_user AS role, rolsuper OR rolbypassrls AS bypasses, current_setting('server_encoding') AS encoding
  FROM pg_roles WHERE rolname = current_user`;

function assertSuitable({ role, bypasses, encoding }: Facts, wanted: SessionSettings): void {
  if (wanted.role !== null && role !== wanted.role) {
    throw new DatabaseUnsuitable(`The database works as ${role} instead of ${wanted.role}.`);
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
