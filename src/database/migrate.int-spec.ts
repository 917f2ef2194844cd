import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { TestDatabase } from '../../test/support/test-database.js';
import { until } from '../../test/support/until.js';
import { DatabaseUnsuitable } from '../common/database-failures.js';
import type { Log } from '../common/log.js';
import { assertNotTooNew, migrate } from './migrate.js';

class AddNotes1000000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE notes (id int)');
  }

  async down(): Promise<void> {}
}

/** Needs a lock that conflicts with every reader. */
class ExtendNotes1000000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE notes ADD COLUMN text text');
  }

  async down(): Promise<void> {}
}

class BreakNotes1000000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE unfinished (id int)');
    await runner.query('ALTER TABLE notes ADD COLUMN text text');
  }

  async down(): Promise<void> {}
}

let database: TestDatabase;
const open: DataSource[] = [];
const lines: string[] = [];
const log = { write: (_level: string, line: string) => lines.push(line) } as unknown as Log;

async function connect(...migrations: (new () => MigrationInterface)[]): Promise<DataSource> {
  const dataSource = await new DataSource({
    type: 'postgres',
    url: database.url,
    migrations,
    migrationsTableName: 'schema_migrations',
    logger: 'debug',
    extra: { options: '-c lock_timeout=10' },
  }).initialize();
  open.push(dataSource);
  return dataSource;
}

beforeEach(async () => {
  lines.length = 0;
  database = await TestDatabase.create({ empty: true });
  // The rights of the server's role are granted on them
  await database.query('CREATE TABLE audit_events (id int)');
  const partitions = ['add_month', 'list_months', 'drop_month', 'thin_audit_month'];
  for (const name of [...partitions, 'find_members', 'find_tenants'])
    await database.query(`CREATE FUNCTION ${name}() RETURNS void LANGUAGE sql AS ''`);
});

afterEach(async () => {
  for (const dataSource of open.splice(0)) await dataSource.destroy();
  await database.drop();
});

it('applies what is pending, in order, and says what that was', async () => {
  const dataSource = await connect(ExtendNotes1000000000002, AddNotes1000000000001);
  expect(await migrate(dataSource, log)).toEqual(['AddNotes1000000000001', 'ExtendNotes1000000000002']);
  expect(await migrate(dataSource, log)).toEqual([]);
});

it('waits for a reader again and again, so that other readers do not queue behind it', async () => {
  await migrate(await connect(AddNotes1000000000001), log);
  await database.query('BEGIN');
  await database.query('SELECT FROM notes');
  const migrated = migrate(await connect(AddNotes1000000000001, ExtendNotes1000000000002), log);
  await until(() => lines.length >= 2);
  await database.query('COMMIT');

  expect(await migrated).toEqual(['ExtendNotes1000000000002']);
  expect(lines[0]).toBe('the migration ExtendNotes1000000000002 waits for the lock of a table: trying again');
});

it('gives up waiting for a reader once the server stops', async () => {
  await migrate(await connect(AddNotes1000000000001), log);
  await database.query('BEGIN');
  await database.query('SELECT FROM notes');
  const migrated = migrate(await connect(ExtendNotes1000000000002), log, AbortSignal.abort());
  await expect(migrated).rejects.toThrow('The migration ExtendNotes1000000000002 failed');
  await database.query('COMMIT');
});

it('names the migration that failed, and leaves nothing of it', async () => {
  const migrations = [AddNotes1000000000001, ExtendNotes1000000000002, BreakNotes1000000000003];
  await expect(migrate(await connect(...migrations), log)).rejects.toThrow(
    'The migration BreakNotes1000000000003 failed and was rolled back: ' +
      'column "text" of relation "notes" already exists (42701).',
  );
  expect(await database.query(`SELECT to_regclass('unfinished') AS name`)).toEqual([{ name: null }]);
  expect(await migrate(await connect(...migrations.slice(0, 2)), log)).toEqual([]);
});

describe('a schema of a newer release', () => {
  it('is worked with, with a warning, if it only adds', async () => {
    await migrate(await connect(AddNotes1000000000001, ExtendNotes1000000000002), log);
    await assertNotTooNew(await connect(AddNotes1000000000001), log);
    expect(lines).toEqual([
      'a newer release has changed the schema (ExtendNotes1000000000002); this one works with it',
    ]);
  });

  it('is refused by name if it takes something away', async () => {
    class ContractNotes1000000000003 extends ExtendNotes1000000000002 {}
    await migrate(await connect(AddNotes1000000000001, ContractNotes1000000000003), log);
    const refused = assertNotTooNew(await connect(AddNotes1000000000001), log);
    await expect(refused).rejects.toThrow(DatabaseUnsuitable);
    await expect(refused).rejects.toThrow('ContractNotes1000000000003');
  });
});
