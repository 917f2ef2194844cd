import type { Client } from 'pg';

/** The tables of the application, without the partitions, which their parents stand for, and without the schema's history. */
const TABLES = `
  SELECT c.relname AS name FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND c.relname NOT IN ('schema_migrations', 'secret_keys', 'signing_keys', 'next_signing_keys')
  ORDER BY c.relname`;

async function listTables(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(TABLES);
  return rows.map(({ name }) => client.escapeIdentifier(name));
}

/** Keeps the present rows of every table, for `restoreSnapshot`. */
export async function takeSnapshot(client: Client): Promise<void> {
  await client.query('CREATE SCHEMA gatehouse_snapshot');
  for (const table of await listTables(client)) {
    await client.query(`CREATE TABLE gatehouse_snapshot.${table} AS TABLE public.${table}`);
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
    await client.query(`TRUNCATE ${tables.map((table) => `public.${table}`).join(', ')}`);
    for (const table of tables) {
      await client.query(`INSERT INTO public.${table} TABLE gatehouse_snapshot.${table}`);
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}
