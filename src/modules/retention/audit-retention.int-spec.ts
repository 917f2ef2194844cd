import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { loadConfig } from '../../config/config.js';
import { Database } from '../../database/database.js';
import { AuditMonthsRepository } from '../audit/audit-months.repository.js';
import { AuditRetentionService } from './audit-retention.service.js';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-archive-'));
let owner: DataSource;
/** As the server: without any right on the partitions. */
let server: DataSource;
let months: AuditMonthsRepository;

const connect = (role: string | null) =>
  new DataSource({
    type: 'postgres',
    url: process.env.TEST_DATABASE_URL,
    poolSize: 2,
    extra: { options: `-c gatehouse.tenant=*${role === null ? '' : ` -c role=${role}`}` },
  }).initialize();

beforeAll(async () => {
  owner = await connect(null);
  server = await connect('gatehouse_app');
  months = new AuditMonthsRepository(new Database(server));
});

afterAll(async () => {
  await owner.destroy();
  await server.destroy();
  rmSync(folder, { recursive: true, force: true });
});

const retention = (settings: Record<string, string> = {}) =>
  new AuditRetentionService(
    months,
    loadConfig({ SECRET_KEY: randomBytes(32).toString('base64'), ...settings }),
  );

/** A month that ended so many months ago, with a partition, and one event of each kind in it. */
async function past(age: number): Promise<string> {
  const start = `date_trunc('month', now() AT TIME ZONE 'UTC') - interval '${age + 1} months'`;
  const [{ month } = { month: '' }] = await owner.query<{ month: string }[]>(
    `SELECT to_char(${start}, 'YYYY-MM') AS month`,
  );
  const [from, to] = [`'${month}-01Z'`, `'${month}-01Z'::timestamptz + interval '1 month'`];
  await owner.query(
    `DO $$ BEGIN EXECUTE format('CREATE TABLE audit_partitions.audit_events_${month.replace('-', '')}
       PARTITION OF audit_events FOR VALUES FROM (%L) TO (%L)', ${from}, ${to}); END $$`,
  );
  for (const action of ['session.refreshed', 'session.created', 'member.updated']) {
    await owner.query(
      `INSERT INTO audit_events (id, occurred_at, actor_kind, action, outcome)
       VALUES ($1, ${from}::timestamptz + interval '3 days', 'anonymous', $2, 'success')`,
      [randomUUID(), action],
    );
  }
  return month;
}

const actionsOf = async (month: string): Promise<string[]> => {
  const rows = await owner.query<{ action: string }[]>(
    `SELECT action FROM audit_events WHERE to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM') = $1 ORDER BY action`,
    [month],
  );
  return rows.map(({ action }) => action);
};

const listed = async () => (await months.list()).map(({ month }) => month);

it('deletes each kind of events when its time is over, and the month with the last', async () => {
  const [young, quarter, year, old] = [await past(2), await past(3), await past(13), await past(84)];
  await retention().sweep();
  expect(await actionsOf(young)).toEqual(['member.updated', 'session.created', 'session.refreshed']);
  expect(await actionsOf(quarter)).toEqual(['member.updated', 'session.created']);
  expect(await actionsOf(year)).toEqual(['member.updated']);
  expect(await listed()).toEqual(expect.arrayContaining([young, quarter, year]));
  expect(await listed()).not.toContain(old);
});

it('looks once at a month for each kind', async () => {
  const month = await past(4);
  await retention().sweep();
  expect((await months.list()).find((found) => found.month === month)?.thinned).toEqual(['refreshes']);
  await retention({ AUDIT_SIGN_INS_MONTHS: '4' }).sweep();
  expect(await actionsOf(month)).toEqual(['member.updated']);
});

it('writes a month to a file before its first event is deleted, and no month twice', async () => {
  const [month, settings] = [await past(5), { AUDIT_ARCHIVE_DIR: folder }];
  await retention(settings).sweep();
  const file = join(folder, `audit-${month}.ndjson`);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const actions = lines.map((line) => (JSON.parse(line) as { action: string }).action);
  expect(actions.sort()).toEqual(['member.updated', 'session.created', 'session.refreshed']);
  await retention({ ...settings, AUDIT_SIGN_INS_MONTHS: '5' }).sweep();
  expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(3);
  expect(readdirSync(folder).filter((name) => !name.endsWith('.ndjson'))).toEqual([]);
});

it('keeps a month that cannot be archived', async () => {
  const month = await past(6);
  await expect(retention({ AUDIT_ARCHIVE_DIR: '/dev/null/archive' }).sweep()).rejects.toThrow();
  expect(await actionsOf(month)).toHaveLength(3);
});

it('adds the coming months, and takes over what was written before there was one', async () => {
  const before = await listed();
  const last = before.at(-1) ?? '';
  await owner.query(`DROP TABLE audit_partitions.audit_events_${last.replace('-', '')}`);
  await owner.query(
    `INSERT INTO audit_events (id, occurred_at, actor_kind, action, outcome)
     VALUES (gen_random_uuid(), '${last}-03Z', 'anonymous', 'user.updated', 'success')`,
  );
  await Promise.all([months.add(), months.add()].map((added) => added.catch(() => undefined)));
  await months.add();
  expect(await listed()).toEqual(before);
  expect(await actionsOf(last)).toEqual(['user.updated']);
  const [{ left } = { left: -1 }] = await owner.query<{ left: number }[]>(
    'SELECT count(*)::int AS left FROM audit_partitions.audit_events_default',
  );
  expect(left).toBe(0);
});

it.each([
  ['this month', `SELECT thin_audit_month(now()::date, 'changes', '{user.updated}', gen_random_uuid(), 1)`],
  [
    'the changes of a month of the last year',
    `SELECT thin_audit_month((now() - interval '3 months')::date, 'changes', '{session.created,user.updated}', gen_random_uuid(), 1)`,
  ],
  ['the last month', `SELECT drop_audit_month((now() - interval '1 month')::date)`],
  ['a month of the last year', `SELECT drop_audit_month((now() - interval '11 months')::date)`],
  ['a far month', 'SELECT add_audit_month(3)'],
])('the server cannot touch %s', async (_, text) => {
  await expect(server.query(text)).rejects.toThrow(/month/);
});

it.each(['SELECT * FROM', 'DELETE FROM', 'TRUNCATE'])('the server cannot %s a partition', async (words) => {
  const text = `${words} audit_partitions.audit_events_default`;
  await expect(server.query(text)).rejects.toThrow('permission denied for schema audit_partitions');
});
