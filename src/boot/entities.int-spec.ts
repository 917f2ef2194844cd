import { readdir, readFile } from 'node:fs/promises';
import { DataSource } from 'typeorm';
import { describeSchema, readDescriptions } from '../../scripts/schema/describe.js';
import { ENTITIES } from './entities.js';

/** Has no key, which an entity needs. */
const WITHOUT_ENTITY = ['schema_migrations', 'sms_spending'];

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

it('every table has an entity, and every column a property', async () => {
  const rows = await dataSource.query<{ column: string }[]>(
    `SELECT table_name || '.' || column_name AS column FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name <> ALL($1)`,
    [WITHOUT_ENTITY],
  );
  const mapped = dataSource.entityMetadatas.flatMap(({ tableName, columns }) =>
    columns.map(({ databaseName }) => `${tableName}.${databaseName}`),
  );
  expect(mapped.sort()).toEqual(rows.map(({ column }) => column).sort());
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
