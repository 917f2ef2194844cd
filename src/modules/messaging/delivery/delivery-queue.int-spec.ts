import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { v7 as newId } from 'uuid';
import { until } from '../../../../test/support/until.js';
import { loadConfig } from '../../../config/config.js';
import { Database } from '../../../database/database.js';
import { DeliveryRepository } from './delivery.repository.js';

/** A quarter of it is for deliveries. */
const POOL = 12;

let dataSource: DataSource;
let owner: DataSource;
let database: Database;
let queue: DeliveryRepository;

beforeAll(async () => {
  const connect = (poolSize: number) =>
    new DataSource({ type: 'postgres', url: process.env.TEST_DATABASE_URL, poolSize }).initialize();
  [dataSource, owner] = [await connect(POOL), await connect(1)];
  database = new Database(dataSource);
  queue = new DeliveryRepository(database, loadConfig({ DATABASE_POOL_SIZE: String(POOL) }));
});
afterEach(() => owner.query('DELETE FROM messages'));
afterAll(() => Promise.all([dataSource.destroy(), owner.destroy()]));

/** A queued code; each call makes a newer one. */
async function code({ to = randomBytes(32), tries = 0 }: { to?: Buffer; tries?: number } = {}): Promise<{
  id: string;
  to: Buffer;
}> {
  const id = newId();
  await owner.query(
    `INSERT INTO messages (id, channel, template, purpose, recipient_hash, status, tries, payload_encrypted, expires_at)
     VALUES ($1, 'sms', 'otp', 'sign-in', $2, 'queued', $3, '', now() + interval '1 hour')`,
    [id, to, tries],
  );
  return { id, to };
}

it('a lease ends within half a minute of its begin, and of its renewal, if its server dies', async () => {
  const endsSoon = (): Promise<unknown> =>
    owner.query(
      `SELECT leased_until > clock_timestamp() - interval '1 day' AND leased_until <= clock_timestamp() + interval '30 seconds'
         AS "endsSoon" FROM messages`,
    );
  await code();
  const { due } = await queue.take('sms', 10);
  expect(await endsSoon()).toEqual([{ endsSoon: true }]);
  expect(await queue.renew(due)).toHaveLength(1);
  expect(await endsSoon()).toEqual([{ endsSoon: true }]);
});

it('tries are repeated at times drawn by chance, so that messages that failed together do not come back together', async () => {
  for (let message = 0; message < 20; message += 1) await code({ tries: 5 });
  const { due } = await queue.take('sms', 20);
  for (const lease of due) await queue.retryLater(lease, { isAnswered: true });
  const rows = await owner.query<{ id: string }[]>('SELECT id FROM messages ORDER BY next_try_at');
  const [asked, drawn] = [due.map(({ id }) => id), rows.map(({ id }) => id)];
  expect(drawn.toSorted()).toEqual(asked.toSorted());
  // Without a draw, who failed first comes first; by chance with the odds 1 : 20!
  expect(drawn).not.toEqual(asked);
});

it('use a quarter of the connections, and no more', async () => {
  await owner.query('BEGIN');
  await owner.query('LOCK TABLE messages IN ACCESS EXCLUSIVE MODE');
  const takes = Array.from({ length: POOL }, () => queue.take('sms', 1));
  const busy = () => database.pools.reduce((sum, { total, idle }) => sum + total - idle, 0);
  await until(() => busy() >= POOL / 4);
  const found = { busy: busy(), waiting: database.pools[0]?.waiting };
  await owner.query('COMMIT');
  await Promise.all(takes);
  expect(found).toEqual({ busy: POOL / 4, waiting: 0 });
});

it('a lease is not renewed for a code that a newer one has replaced, and then it is closed', async () => {
  const older = await code();
  const { due } = await queue.take('sms', 10);
  expect(await queue.renew(due)).toEqual([older.id]);
  const newer = await code({ to: older.to });
  expect(await queue.renew(due)).toEqual([]);
  for (const lease of due) await queue.retryLater(lease, { isAnswered: true });
  await owner.query('UPDATE messages SET next_try_at = now()');
  const later = await queue.take('sms', 10);
  await owner.query('UPDATE messages SET leased_until = NULL, next_try_at = now()');
  const last = await queue.take('sms', 10);
  expect([...later.due, ...last.due].map(({ id }) => id)).not.toContain(older.id);
  expect(await owner.query('SELECT status FROM messages WHERE id = $1', [older.id])).toEqual([
    { status: 'superseded' },
  ]);
  expect(newer.to).toEqual(older.to);
});
