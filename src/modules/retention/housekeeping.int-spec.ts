import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { v7 as newId } from 'uuid';
import { loadConfig } from '../../config/config.js';
import { Database } from '../../database/database.js';
import { HousekeepingRepository } from './housekeeping.repository.js';
import { HousekeepingService } from './housekeeping.service.js';

const DAY = 86_400;
const config = loadConfig({ SECRET_KEY: randomBytes(32).toString('base64') });

let dataSource: DataSource;
let housekeeping: HousekeepingService;
const [userId, tenantId] = [newId(), newId()];

beforeAll(async () => {
  dataSource = await new DataSource({
    type: 'postgres',
    url: process.env.TEST_DATABASE_URL,
    poolSize: 6,
  }).initialize();
  housekeeping = new HousekeepingService(new HousekeepingRepository(new Database(dataSource)), config);
  await dataSource.query(
    `INSERT INTO users (id, email, first_name, last_name) VALUES ($1, 'a@example.com', 'A', 'B')`,
    [userId],
  );
  await dataSource.query(`INSERT INTO tenants (id, slug, name) VALUES ($1, 'acme', 'Acme')`, [tenantId]);
  await dataSource.query(
    `WITH role AS (
       INSERT INTO roles (id, tenant_id, key, name, level, permissions) VALUES ($3, $1, 'admin', 'Admin', 100, '{}')
       RETURNING id
     ) INSERT INTO memberships (id, tenant_id, user_id, role_id) SELECT $4, $1, $2, id FROM role`,
    [tenantId, userId, newId(), newId()],
  );
});

afterAll(() => dataSource.destroy());

/** Inserts a row that expired this many seconds ago; returns its key. */
const ROWS: Record<string, (endedSecondsAgo: number) => Promise<unknown>> = {
  one_time_secrets: (ago) => secret('password-reset', ago),
  otp_challenges: (ago) =>
    insert(
      'otp_challenges',
      `(id, purpose, identifier_hash, code_hash, attempts_left, expires_at) VALUES ($1, 'sign-in', $3, $3, 5, ${ended})`,
      ago,
      randomBytes(32),
    ),
  pending_sign_ins: (ago) =>
    insert(
      'pending_sign_ins',
      `(id, user_id, methods, attempts_left, expires_at) VALUES ($1, $3, '{pwd}', 5, ${ended})`,
      ago,
      userId,
    ),
  trusted_devices: (ago) =>
    insert(
      'trusted_devices',
      `(id, user_id, address, expires_at) VALUES ($1, $3, '127.0.0.1', ${ended})`,
      ago,
      userId,
    ),
};
const ended = 'now() - make_interval(secs => $2)';

async function insert(table: string, rest: string, ago: number, third: unknown): Promise<string> {
  const id = newId();
  await dataSource.query(`INSERT INTO ${table} ${rest}`, [id, ago, third]);
  return id;
}

const secret = (purpose: string, ago: number) =>
  insert(
    'one_time_secrets',
    `(id, purpose, hash, subject_id, expires_at) VALUES ($1, '${purpose}', $3, $1, ${ended})`,
    ago,
    randomBytes(32),
  );

async function session(absoluteEndAgo: number, revoked = true): Promise<string> {
  const id = newId();
  await dataSource.query(
    `INSERT INTO sessions (id, user_id, methods, address, idle_expires_at, expires_at, revoked_at)
     VALUES ($1, $2, '{pwd}', '127.0.0.1', now() - make_interval(secs => $3), now() - make_interval(secs => $3),
             CASE WHEN $4 THEN now() - make_interval(secs => $3) END)`,
    [id, userId, absoluteEndAgo, revoked],
  );
  return id;
}

/** A key with a secret and a use. The times are seconds ago; null: the key does not expire or is not revoked. */
async function apiKey(expiredAgo: number | null, revokedAgo: number | null): Promise<string> {
  const id = newId();
  await dataSource.query(
    `INSERT INTO api_keys (id, tenant_id, user_id, name, scopes, expires_at, revoked_at)
     VALUES ($1, $2, $3, 'CI', '{}', now() - make_interval(secs => $4), now() - make_interval(secs => $5))`,
    [id, tenantId, userId, expiredAgo, revokedAgo],
  );
  await dataSource.query(
    `INSERT INTO api_key_secrets (hash, key_id, prefix, last_four) VALUES ($1, $2, 'abc', 'wxyz')`,
    [randomBytes(32), id],
  );
  await dataSource.query('INSERT INTO api_key_usage (key_id, day, requests) VALUES ($1, current_date, 1)', [
    id,
  ]);
  return id;
}

async function attempt(updatedAgo: number, blockedAgo: number | null): Promise<Buffer> {
  const key = randomBytes(32);
  await dataSource.query(
    `INSERT INTO attempts (key, failures, window_started_at, updated_at, blocked_until)
     VALUES ($1, 5, now() - make_interval(secs => $2), now() - make_interval(secs => $2),
             now() - make_interval(secs => $3))`,
    [key, updatedAgo, blockedAgo],
  );
  return key;
}

const kept = async (table: string, key = 'id'): Promise<unknown[]> => {
  const rows = await dataSource.query<Record<string, unknown>[]>(`SELECT ${key} FROM ${table}`);
  return rows.map((row) => row[key]);
};

describe('HousekeepingService', () => {
  it.each(Object.keys(ROWS))(
    'deletes rows of %s a day after they expired, and none before',
    async (table) => {
      const add = ROWS[table] ?? (() => Promise.reject(new Error(table)));
      const old = await add(DAY + 60);
      const fresh = [await add(DAY - 600), await add(60), await add(-60)];
      await housekeeping.sweep();
      const left = await kept(table);
      expect(left).toEqual(expect.arrayContaining(fresh));
      expect(left).not.toContain(old);
    },
  );

  it('keeps links of invitations for a month: until then their error says why they do not work', async () => {
    const [young, old] = [await secret('invitation', 29 * DAY), await secret('invitation', 31 * DAY)];
    await housekeeping.sweep();
    const left = await kept('one_time_secrets');
    expect([left.includes(young), left.includes(old)]).toEqual([true, false]);
  });

  it('deletes counted failures only when no window counts them and no block is left', async () => {
    const window = config.RECOVERY_FAILURE_WINDOW_SECONDS;
    const old = [await attempt(window + DAY + 60, null), await attempt(window + 2 * DAY, window + DAY + 60)];
    const fresh = [await attempt(window + DAY - 600, null), await attempt(window + 2 * DAY, -60)];
    await housekeeping.sweep();
    const left = (await kept('attempts', 'key')).map((key) => (key as Buffer).toString('hex'));
    expect(left).toEqual(expect.arrayContaining(fresh.map((key) => key.toString('hex'))));
    for (const key of old) expect(left).not.toContain(key.toString('hex'));
  });

  it('deletes sessions two months after their absolute end, revoked or not', async () => {
    const old = [await session(61 * DAY), await session(61 * DAY, false)];
    const fresh = [await session(59 * DAY), await session(0), await session(-DAY, false)];
    await housekeeping.sweep();
    const left = await kept('sessions');
    expect(left).toEqual(expect.arrayContaining(fresh));
    for (const id of old) expect(left).not.toContain(id);
  });

  it('deletes API keys three months after expiry or revocation, with secrets and uses', async () => {
    const old = [
      await apiKey(91 * DAY, null),
      await apiKey(null, 91 * DAY),
      await apiKey(-DAY, 91 * DAY),
      await apiKey(91 * DAY, DAY),
    ];
    const fresh = [
      await apiKey(null, null),
      await apiKey(-DAY, null),
      await apiKey(89 * DAY, null),
      await apiKey(null, 89 * DAY),
    ];
    await housekeeping.sweep();
    const places: [string, string][] = [
      ['api_keys', 'id'],
      ['api_key_secrets', 'key_id'],
      ['api_key_usage', 'key_id'],
    ];
    for (const [table, key] of places) {
      const left = await kept(table, key);
      expect(left).toEqual(expect.arrayContaining(fresh));
      for (const id of old) expect(left).not.toContain(id);
    }
  });

  it('keeps the use of an assertion for an hour after its expiry, which the clock of a server may reach later', async () => {
    const account = newId();
    await dataSource.query(
      `INSERT INTO service_accounts (id, tenant_id, product, name, scopes) VALUES ($1, $2, 'gatehouse', 'Importer', '{}')`,
      [account, tenantId],
    );
    const use = async (expiredAgo: number) => {
      const id = randomBytes(32);
      await dataSource.query(
        `INSERT INTO client_assertions (id, account_id, expires_at) VALUES ($1, $3, now() - make_interval(secs => $2))`,
        [id, expiredAgo, account],
      );
      return id.toString('hex');
    };
    const fresh = [await use(-60), await use(60), await use(3_000)];
    const old = await use(4_200);
    await housekeeping.sweep();
    const left = (await kept('client_assertions')).map((id) => (id as Buffer).toString('hex'));
    expect(left).toEqual(expect.arrayContaining(fresh));
    expect(left).not.toContain(old);
  });

  it('deletes answers to requests with an Idempotency-Key when their time is over', async () => {
    const answer = async (expiredAgo: number) => {
      const id = randomBytes(32);
      await dataSource.query(
        `INSERT INTO idempotency_records (id, caller_hash, user_id, fingerprint, claim, expires_at)
         VALUES ($1, $1, $3, $1, $3, now() - make_interval(secs => $2))`,
        [id, expiredAgo, userId],
      );
      return id.toString('hex');
    };
    const [old, fresh] = [await answer(60), await answer(-600)];
    await housekeeping.sweep();
    const left = (await kept('idempotency_records')).map((id) => (id as Buffer).toString('hex'));
    expect([left.includes(old), left.includes(fresh)]).toEqual([false, true]);
  });

  it('deletes from no other table', async () => {
    const count = async () =>
      dataSource.query<
        object[]
      >(`SELECT (SELECT count(*) FROM users) AS users, (SELECT count(*) FROM tenants) AS tenants,
        (SELECT count(*) FROM audit_events) AS events, (SELECT count(*) FROM messages) AS messages`);
    const before = await count();
    await housekeeping.sweep();
    expect(await count()).toEqual(before);
  });

  it('deletes more than one batch, in parallel with other sweeps', async () => {
    await dataSource.query(
      `INSERT INTO one_time_secrets (id, purpose, hash, subject_id, expires_at)
       SELECT gen_random_uuid(), 'signup', sha256(n::text::bytea), gen_random_uuid(), now() - interval '2 days'
       FROM generate_series(1, 2500) AS n`,
    );
    await Promise.all([1, 2, 3].map(() => housekeeping.sweep()));
    const [row] = await dataSource.query<{ left: number }[]>(
      `SELECT count(*)::int AS left FROM one_time_secrets WHERE purpose = 'signup'`,
    );
    expect(row?.left).toBe(0);
  });
});
