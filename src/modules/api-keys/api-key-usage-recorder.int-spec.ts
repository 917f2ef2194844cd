import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { v7 as newId } from 'uuid';
import { inSeconds } from '../../../test/support/clock.js';
import { loadConfig } from '../../config/config.js';
import { Database } from '../../database/database.js';
import { ApiKeyUsageRepository } from './api-key-usage.repository.js';
import { ApiKeyUsageRecorder } from './api-key-usage-recorder.js';

let dataSource: DataSource;
let recorder: ApiKeyUsageRecorder;

beforeAll(async () => {
  Logger.overrideLogger(false);
  dataSource = await new DataSource({ type: 'postgres', url: process.env.TEST_DATABASE_URL }).initialize();
});
afterAll(() => dataSource.destroy());

const newRecorder = () =>
  new ApiKeyUsageRecorder(new ApiKeyUsageRepository(new Database(dataSource)), loadConfig({}));
beforeEach(() => {
  recorder = newRecorder();
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** A key of a new user in a new tenant. */
async function givenKey(): Promise<string> {
  const [user, tenant, role, key] = [newId(), newId(), newId(), newId()];
  await dataSource.query(`INSERT INTO users (id, email, first_name, last_name) VALUES ($1, $2, 'A', 'B')`, [
    user,
    `${user}@example.com`,
  ]);
  await dataSource.query(`INSERT INTO tenants (id, slug, name) VALUES ($1, $2, 'Acme')`, [tenant, tenant]);
  await dataSource.query(
    `INSERT INTO roles (id, tenant_id, key, name, level, permissions) VALUES ($1, $2, 'a', 'A', 100, '{}')`,
    [role, tenant],
  );
  await dataSource.query(
    `INSERT INTO memberships (id, tenant_id, user_id, role_id) VALUES ($1, $2, $3, $4)`,
    [newId(), tenant, user, role],
  );
  await dataSource.query(
    `INSERT INTO api_keys (id, tenant_id, user_id, name, scopes) VALUES ($1, $2, $3, 'CI', '{}')`,
    [key, tenant, user],
  );
  return key;
}

async function counted(key: string): Promise<number> {
  const [row] = await dataSource.query<{ requests: string | null }[]>(
    'SELECT sum(requests) AS requests FROM api_key_usage WHERE key_id = $1',
    [key],
  );
  return Number(row?.requests ?? 0);
}

const lastUse = async (key: string): Promise<Date | null> =>
  (
    await dataSource.query<{ at: Date | null }[]>('SELECT last_used_at AS at FROM api_keys WHERE id = $1', [
      key,
    ])
  )[0]?.at ?? null;

it('writes nothing before the flush, and then everything, once', async () => {
  const [key, other] = [await givenKey(), await givenKey()];
  for (let use = 0; use < 5; use += 1) recorder.record(key);
  recorder.record(other);
  expect([await counted(key), await lastUse(key)]).toEqual([0, null]);

  await recorder.flush();
  await recorder.flush();

  expect([await counted(key), await counted(other)]).toEqual([5, 1]);
  expect(await lastUse(key)).not.toBeNull();
});

it('adds to the earlier counts of every instance', async () => {
  const key = await givenKey();
  const recorders = [recorder, newRecorder(), newRecorder()];
  for (let round = 0; round < 5; round += 1) {
    for (const one of recorders) one.record(key);
    await Promise.all(recorders.map((one) => one.flush()));
  }
  expect(await counted(key)).toBe(15);
});

it('does not deadlock with an instance that counts the same keys in another order', async () => {
  const made = [await givenKey(), await givenKey(), await givenKey(), await givenKey()];
  const [here, there] = [newRecorder(), newRecorder()];
  for (let round = 0; round < 25; round += 1) {
    for (const key of made) here.record(key);
    for (const key of [...made].reverse()) there.record(key);
    await Promise.all([here.flush(), there.flush()]);
  }
  expect(await Promise.all(made.map(counted))).toEqual([50, 50, 50, 50]);
});

it('keeps counts that could not be written for the next flush', async () => {
  const key = await givenKey();
  recorder.record(key);
  await dataSource.query('ALTER TABLE api_key_usage RENAME TO api_key_usage_away');
  await recorder.flush();
  await dataSource.query('ALTER TABLE api_key_usage_away RENAME TO api_key_usage');
  recorder.record(key);

  await recorder.flush();

  expect(await counted(key)).toBe(2);
});

it('skips a deleted key, and no other', async () => {
  const [gone, key] = [await givenKey(), await givenKey()];
  recorder.record(gone);
  recorder.record(key);
  await dataSource.query('DELETE FROM api_keys WHERE id = $1', [gone]);
  await recorder.flush();
  expect([await counted(gone), await counted(key)]).toEqual([0, 1]);
});

it('never moves the last use back', async () => {
  const key = await givenKey();
  await dataSource.query(`UPDATE api_keys SET last_used_at = now() + interval '1 hour' WHERE id = $1`, [key]);
  const before = await lastUse(key);
  recorder.record(key);
  await recorder.flush();
  expect(await lastUse(key)).toEqual(before);
});

/** But for `Date`. */
const EVERYTHING_ELSE = [
  ...(['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
  ...(['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
];

describe('the time of a use', () => {
  const DAY = 86_400;
  const present = 10_000_000;
  const daysOf = (key: string) =>
    dataSource.query<{ daysBeforeLast: number; requests: number }[]>(
      `SELECT (k.last_used_at AT TIME ZONE 'UTC')::date - u.day AS "daysBeforeLast", u.requests::int
       FROM api_key_usage u JOIN api_keys k ON k.id = u.key_id WHERE k.id = $1 ORDER BY 1`,
      [key],
    );
  const secondsAgo = async (key: string) => {
    const [row] = await dataSource.query<{ seconds: number }[]>(
      'SELECT extract(epoch FROM now() - last_used_at)::float8 AS seconds FROM api_keys WHERE id = $1',
      [key],
    );
    return row?.seconds ?? NaN;
  };
  /** Puts the clock forward that nobody else sets. */
  const at = (seconds: number) => jest.spyOn(performance, 'now').mockReturnValue(present + seconds * 1000);

  it('is one of the database’s clock, whatever the server’s says', async () => {
    const key = await givenKey();
    jest.useFakeTimers({ now: inSeconds(3 * DAY), doNotFake: EVERYTHING_ELSE });
    recorder.record(key);
    jest.useRealTimers();
    await recorder.flush();
    expect(await secondsAgo(key)).toBeGreaterThanOrEqual(0);
    expect(await daysOf(key)).toEqual([{ daysBeforeLast: 0, requests: 1 }]);
  });

  it('is when it was, and on that day, although it could be written only later', async () => {
    const key = await givenKey();
    at(0);
    for (let use = 0; use < 3; use += 1) recorder.record(key);
    at(2 * DAY);
    recorder.record(key);
    at(5 * DAY);
    await recorder.flush();
    expect(await daysOf(key)).toEqual([
      { daysBeforeLast: 0, requests: 1 },
      { daysBeforeLast: 2, requests: 3 },
    ]);
    expect(await secondsAgo(key)).toBeGreaterThanOrEqual(3 * DAY);
  });

  it('adds up, whether uses of two spans were on one day or on two', async () => {
    const key = await givenKey();
    at(0);
    recorder.record(key);
    at(2 * 3_600);
    recorder.record(key);
    at(2 * DAY);
    await recorder.flush();
    expect(await counted(key)).toBe(2);
  });
});
