import type { TestDatabase } from '../test-database.js';
import type { Canaries } from './canaries.js';

const TABLES = `
  SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition`;

/** Every cell of every row; bytes are shown in hexadecimal. */
export async function searchDatabase(database: TestDatabase, canaries: Canaries): Promise<void> {
  for (const { schema, name } of await database.query<{ schema: string; name: string }>(TABLES)) {
    const [table] = await database.query<{ rows: string | null }>(
      `SELECT string_agg(row_to_json(t)::text, E'\\n') AS rows FROM "${schema}"."${name}" t`,
    );
    if (table?.rows) canaries.searchTable(`${schema}.${name}`, table.rows);
  }
}
