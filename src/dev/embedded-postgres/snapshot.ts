import type { Client } from 'pg';

/** The tables of the application, without the partitions, which their parents stand for, and without the schema's history. */
const TABLES = `
  SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname IN ('public', 'search') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND c.relname NOT IN ('schema_migrations', 'secret_keys', 'signing_keys', 'next_signing_keys')
  ORDER BY c.relname`;

interface Table {
  /** With its schema. */
  name: string;
  copy: string;
}

async function listTables(client: Client): Promise<Table[]> {
  const { rows } = await client.query<{ schema: string; name: string }>(TABLES);
  return rows.map(({ schema, name }) => {
    const table = client.escapeIdentifier(name);
    return { name: `${client.escapeIdentifier(schema)}.${table}`, copy: `gatehouse_snapshot.${table}` };
  });
}

/** Keeps the present rows of every table, for `restoreSnapshot`. */
export async function takeSnapshot(client: Client): Promise<void> {
  await client.query('CREATE SCHEMA gatehouse_snapshot');
  for (const { name, copy } of await listTables(client)) {
    await client.query(`CREATE TABLE ${copy} AS TABLE ${name}`);
  }
}

/**
 * Every row as it was, in one transaction: requests see the old rows or the restored ones. Statements that hold a row make
 * it wait.
 */
export async function restoreSnapshot(client: Client): Promise<void> {
  const tables = await listTables(client);
  await client.query('BEGIN');
  try {
    // No trigger and no foreign key acts on rows that are complete
    await client.query(`SET LOCAL session_replication_role = replica`);
    await client.query(`TRUNCATE ${tables.map(({ name }) => name).join(', ')}`);
    for (const { name, copy } of tables) {
      await client.query(`INSERT INTO ${name} TABLE ${copy}`);
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}
