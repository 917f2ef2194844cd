import { DataSource } from 'typeorm';
import * as migrations from '#migrations';
import { TestDatabase } from '../../../../test/support/test-database.js';

/** The number at the end of a migration's name. */
const FIRST_OF_THE_QUEUE = 2026112609830;

const OLDER = Object.values(migrations).filter(
  ({ name }) => Number(/\d+$/.exec(name)?.[0]) < FIRST_OF_THE_QUEUE,
);

async function migrate(url: string, classes: typeof OLDER): Promise<void> {
  const dataSource = new DataSource({ type: 'postgres', url, migrations: classes });
  await dataSource.initialize();
  await dataSource.runMigrations({ transaction: 'each' });
  await dataSource.destroy();
}

describe('the upgrade of a database with another queue', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await TestDatabase.create({ empty: true });
    await migrate(database.url, OLDER);
    await database.query('CREATE SCHEMA pgboss; CREATE TABLE pgboss.job (id uuid)');
    await database.query(
      `INSERT INTO messages (id, channel, template, recipient_hash, status, created_at, expires_at)
       SELECT gen_random_uuid(), 'email', 'otp', '', status, now() - interval '1 minute', now() + interval '1 hour'
       FROM unnest(ARRAY['queued', 'sent']) AS status`,
    );
    await database.query(
      `INSERT INTO sms_spending (scope, hour, sent)
       SELECT 'all', date_trunc('hour', now(), 'UTC') - make_interval(hours => ago), sent
       FROM unnest(ARRAY[0, 3, 20, 30], ARRAY[5, 7, 11, 13]) AS spent (ago, sent)`,
    );
    await migrate(database.url, Object.values(migrations));
  });

  afterAll(() => database.drop());

  it('makes what waits there due at once', async () => {
    const due = await database.query(
      `SELECT status FROM messages WHERE status = 'queued' AND leased_until IS NULL AND next_try_at <= now()`,
    );
    expect(due).toEqual([{ status: 'queued' }]);
  });

  it('removes the other queue', async () => {
    expect(await database.query(`SELECT FROM pg_namespace WHERE nspname = 'pgboss'`)).toEqual([]);
  });

  it('keeps what was spent in a day', async () => {
    const [{ sent }] = (await database.query<{ sent: number[] }>(
      `SELECT sent FROM sms_spending WHERE scope = 'all'`,
    )) as [{ sent: number[] }];
    // Another hour may have begun since
    const first = sent.indexOf(5);
    expect(first).toBeLessThanOrEqual(1);
    const spent = Array.from({ length: 24 }, (_, ago) => ({ 0: 5, 3: 7, 20: 11 })[ago] ?? 0);
    expect(sent.slice(first, first + 24)).toEqual(spent);
    expect(sent).toHaveLength(25);
  });
});
