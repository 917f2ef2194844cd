import { readdir, readFile } from 'node:fs/promises';
import { DataSource } from 'typeorm';
import { BESIDE_ENTITIES } from '../../scripts/schema/beside-entities.js';
import { describeSchema, readDescriptions } from '../../scripts/schema/describe.js';
import { ENTITIES } from './entities.js';

/** The columns of each table in every schema of ours. Partitions have those of their table. */
const COLUMNS = `
  SELECT n.nspname || '.' || c.relname AS table, array_agg(a.attname::text ORDER BY a.attnum) AS columns
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
    AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
  GROUP BY 1`;

let dataSource: DataSource;

beforeAll(async () => {
  const url = process.env.TEST_DATABASE_URL;
  dataSource = await new DataSource({ type: 'postgres', url, entities: ENTITIES }).initialize();
});

afterAll(() => dataSource.destroy());

it('the entities are what the migrations make of a database', async () => {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  expect(upQueries.map(({ query }) => query)).toEqual([]);
});

it('every table of every schema has an entity, or is named beside them, and every column is', async () => {
  const rows = await dataSource.query<{ table: string; columns: string[] }[]>(COLUMNS);
  const flat = (tables: readonly { table: string; columns: string[] }[]) =>
    tables.flatMap(({ table, columns }) => columns.map((column) => `${table}.${column}`)).sort();
  const mapped = dataSource.entityMetadatas.map(({ tableName, columns }) => ({
    table: `public.${tableName}`,
    columns: columns.map(({ databaseName }) => databaseName),
  }));
  expect(flat([...mapped, ...BESIDE_ENTITIES])).toEqual(flat(rows));
});

it('every file of an entity is listed', async () => {
  const files = await readdir(new URL('../modules/', import.meta.url), { recursive: true });
  expect(ENTITIES).toHaveLength(files.filter((file) => file.endsWith('.entity.ts')).length);
});

it('docs/schema.md describes them', async () => {
  const root = new URL('../../', import.meta.url);
  const written = await readFile(new URL('docs/schema.md', root), 'utf8');
  expect(written).toBe(describeSchema(dataSource.entityMetadatas, readDescriptions(root)));
});
