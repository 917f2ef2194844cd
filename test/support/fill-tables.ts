import type { Client } from 'pg';

const ROWS = 5_000;

const EMPTY = `
  SELECT c.oid::regclass::text AS name, c.oid FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> ALL ($1)`;

/** Columns that need a value, with the values that a constraint allows. */
const COLUMNS = `
  SELECT a.attname AS name, format_type(a.atttypid, NULL) AS type, a.attnotnull AND d.adbin IS NULL AS "isNeeded", (
    SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k
    WHERE k.conrelid = a.attrelid AND k.contype = 'c' AND a.attnum = ANY (k.conkey) AND array_length(k.conkey, 1) = 1
    LIMIT 1) AS check
  FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped`;

/** Of the nth row. */
const VALUES: Record<string, string> = {
  uuid: 'gen_random_uuid()',
  text: `'text ' || n`,
  bytea: 'sha256(n::text::bytea)',
  boolean: 'n % 2 = 0',
  jsonb: `'{}'`,
  date: 'current_date - n % 300',
  'timestamp with time zone': `now() + make_interval(mins => n % 10000)`,
  'cidr[]': `'{10.0.0.0/8}'`,
  'text[]': `'{}'`,
  'integer[]': `'{}'`,
};

/** Fills every table that has no row yet, whatever its columns are, with values that mean nothing. */
export async function fillEmptyTables(client: Client, except: readonly string[]): Promise<void> {
  const { rows: tables } = await client.query<{ name: string; oid: number }>(EMPTY, [except]);
  for (const { name, oid } of tables) {
    const { rowCount } = await client.query(`SELECT 1 FROM ${name} LIMIT 1`);
    if (rowCount === 0) await client.query(await insertInto(client, name, oid));
  }
  await client.query('VACUUM ANALYZE');
}

async function insertInto(client: Client, table: string, oid: number): Promise<string> {
  const { rows } = await client.query<{
    name: string;
    type: string;
    isNeeded: boolean;
    check: string | null;
  }>(COLUMNS, [oid]);
  const needed = rows.filter(({ isNeeded }) => isNeeded);
  const values = needed.map(
    ({ type, check }) => /'([^']+)'::text/.exec(check ?? '')?.[0] ?? VALUES[type] ?? '1 + n % 5',
  );
  return `INSERT INTO ${table} (${needed.map(({ name }) => name).join(', ')})
    SELECT ${values.join(', ')} FROM generate_series(1, ${ROWS}) AS n`;
}
