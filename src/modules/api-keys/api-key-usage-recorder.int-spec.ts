import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { v7 as newId } from 'uuid';
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
