import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { loadConfig } from '../../../config/config.js';
import { Database } from '../../../database/database.js';
import { MonthsRepository } from '../../partitions/months.repository.js';
import { MessageRecordsRepository } from '../message-records.repository.js';
import { SmsSpendingRepository } from '../spending/sms-spending.repository.js';
import { MessageRetention } from './message-retention.js';

let owner: DataSource;
/** As the server: without any right on the partitions. */
let server: DataSource;
let months: MonthsRepository;
let retention: MessageRetention;
let withSettings: (settings: Record<string, string>) => MessageRetention;

const connect = (options = '') =>
  new DataSource({ type: 'postgres', url: process.env.TEST_DATABASE_URL, extra: { options } }).initialize();

beforeAll(async () => {
  owner = await connect();
  server = await connect('-c role=gatehouse_app');
  const database = new Database(server);
  months = new MonthsRepository(database);
  const [records, spending] = [new MessageRecordsRepository(database), new SmsSpendingRepository(database)];
  withSettings = (settings) => {
    const config = loadConfig({ SECRET_KEY: randomBytes(32).toString('base64'), ...settings });
    return new MessageRetention(records, spending, months, config);
  };
  retention = withSettings({});
});

// PostgreSQL adds no month whose messages are stored already
beforeEach(() => owner.query('DELETE FROM messages'));

afterAll(() => Promise.all([owner.destroy(), server.destroy()]));

async function insert(age: string): Promise<string> {
  const [row] = await server.query<{ id: string }[]>(
    `INSERT INTO messages (id, channel, template, recipient_hash, status, created_at, expires_at)
     VALUES (gen_random_uuid(), 'email', 'otp', '', 'sent', now() - $1::interval, now() - $1::interval) RETURNING id`,
    [age],
  );
  return row?.id ?? '';
}

/** Adds a month that ended so many months ago. */
async function past(age: number): Promise<string> {
  const [{ month, from, to } = { month: '', from: '', to: '' }] = await owner.query<
    Record<'month' | 'from' | 'to', string>[]
  >(
    `SELECT to_char(start, 'YYYY-MM') AS month, start || 'Z' AS from, (start + interval '1 month') || 'Z' AS to
     FROM (SELECT date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => $1 + 1) AS start) AS past`,
    [age],
  );
  const name = `partitions.messages_${month.replace('-', '')}`;
  await owner.query(`CREATE TABLE ${name} PARTITION OF messages FOR VALUES FROM ('${from}') TO ('${to}')`);
  return month;
}

const listed = async () => (await months.list('messages')).map(({ month }) => month);

it('deletes what is older than 30 days and nothing else', async () => {
  const [old, young] = [await insert('31 days'), await insert('29 days')];
  await retention.sweep();

  const left = await owner.query<{ id: string }[]>('SELECT id FROM messages');
  expect(left.map(({ id }) => id)).toContain(young);
  expect(left.map(({ id }) => id)).not.toContain(old);
});

it.each([
  [{ MESSAGES_DAYS: '90' }, '31 days', '89 days', '91 days'],
  [{ MESSAGES_EXPIRED_DAYS: '7' }, '1 day', '6 days', '8 days'],
  [{ MESSAGES_DAYS: '10', MESSAGES_EXPIRED_DAYS: '20' }, '8 days', '9 days', '11 days'],
])('keeps messages for as long as %j says', async (settings, younger, young, old) => {
  const kept = [await insert(younger), await insert(young)];
  const over = await insert(old);
  await withSettings(settings).sweep();
  const left = (await owner.query<{ id: string }[]>('SELECT id FROM messages')).map(({ id }) => id);
  expect(left).toEqual(expect.arrayContaining(kept));
  expect(left).not.toContain(over);
});

it('deletes for as long as a batch is full', async () => {
  await owner.query(
    `INSERT INTO messages (id, channel, template, recipient_hash, status, created_at, expires_at)
     SELECT gen_random_uuid(), 'email', 'otp', '', 'sent', now() - interval '40 days', now() - interval '40 days'
     FROM generate_series(1, 21500)`,
  );
  await retention.sweep();
  expect(
    await owner.query(`SELECT FROM messages WHERE created_at < now() - interval '39 days' LIMIT 1`),
  ).toEqual([]);
});

it('keeps a month for as long as one of its messages can be kept', async () => {
  const [young, old] = [await past(3), await past(4)];
  await withSettings({ MESSAGES_DAYS: '100' }).sweep();
  expect(await listed()).toContain(young);
  expect(await listed()).not.toContain(old);
});

it('drops a month two months after its end', async () => {
  const [young, old] = [await past(1), await past(2)];
  await retention.sweep();

  expect(await listed()).toContain(young);
  expect(await listed()).not.toContain(old);
});

it('adds the coming months, and takes over what was written before there was one', async () => {
  await retention.sweep();
  const before = await listed();
  const last = before.at(-1) ?? '';
  await owner.query(`DROP TABLE partitions.messages_${last.replace('-', '')}`);
  await server.query(
    `INSERT INTO messages (id, channel, template, recipient_hash, status, created_at, expires_at)
     VALUES (gen_random_uuid(), 'email', 'otp', '', 'sent', '${last}-03Z', '${last}-04Z')`,
  );
  await retention.sweep();

  expect(await listed()).toEqual(before);
  expect(await owner.query(`SELECT FROM partitions.messages_default WHERE created_at > now()`)).toEqual([]);
  expect(await owner.query(`SELECT FROM messages WHERE created_at = '${last}-03Z'`)).toHaveLength(1);
});

it.each([
  [
    'drop the last month',
    `SELECT drop_month('messages', (now() - interval '1 month')::date)`,
    'The month is kept',
  ],
  ['add a far month', `SELECT add_month('messages', 3)`, 'this month and the next two'],
  ['partition another table', `SELECT add_month('users', 0)`, 'query returned no rows'],
  ['drop the month of another table', `SELECT drop_month('users', '2020-01-01')`, 'query returned no rows'],
  ['read a partition', 'SELECT FROM partitions.messages_default', 'permission denied for schema partitions'],
])('the server cannot %s', async (_, text, reason) => {
  await expect(server.query(text)).rejects.toThrow(reason);
});
