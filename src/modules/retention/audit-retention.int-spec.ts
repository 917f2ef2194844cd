import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { loadConfig } from '../../config/config.js';
import { Database } from '../../database/database.js';
import { AuditMonthsRepository } from '../audit/audit-months.repository.js';
import { MonthsRepository } from '../partitions/months.repository.js';
import { AuditRetentionService } from './audit-retention.service.js';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-archive-'));
let owner: DataSource;
/** As the server: without any right on the partitions. */
let server: DataSource;
let months: MonthsRepository;
let events: AuditMonthsRepository;

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
  months = new MonthsRepository(new Database(server));
  events = new AuditMonthsRepository(new Database(server));
});

afterAll(async () => {
  await owner.destroy();
  await server.destroy();
  rmSync(folder, { recursive: true, force: true });
});

const retention = (settings: Record<string, string> = {}) =>
  new AuditRetentionService(
    months,
    events,
    loadConfig({ SECRET_KEY: randomBytes(32).toString('base64'), ...settings }),
  );

/** A month that ended so many months ago, with a partition, and one event of each kind in it for each of the tenants. */
async function past(age: number, tenantIds: (string | null)[] = [null]): Promise<string> {
  const start = `date_trunc('month', now() AT TIME ZONE 'UTC') - interval '${age + 1} months'`;
  const [{ month } = { month: '' }] = await owner.query<{ month: string }[]>(
    `SELECT to_char(${start}, 'YYYY-MM') AS month`,
  );
  const [from, to] = [`'${month}-01Z'`, `'${month}-01Z'::timestamptz + interval '1 month'`];
  await owner.query(
    `DO $$ BEGIN EXECUTE format('CREATE TABLE partitions.audit_events_${month.replace('-', '')}
       PARTITION OF audit_events FOR VALUES FROM (%L) TO (%L)', ${from}, ${to}); END $$`,
  );
  for (const action of ['session.refreshed', 'session.created', 'member.updated']) {
    await owner.query(
      `INSERT INTO audit_events (id, tenant_id, occurred_at, actor_kind, action, outcome)
       SELECT gen_random_uuid(), tenant_id, ${from}::timestamptz + interval '3 days', 'anonymous', $1, 'success'
       FROM unnest($2::uuid[]) AS tenant_id`,
      [action, tenantIds],
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

const listed = async () => (await months.list('audit_events')).map(({ month }) => month);

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
  expect((await months.list('audit_events')).find((found) => found.month === month)?.thinned).toEqual([
    'refreshes',
  ]);
  await retention({ AUDIT_SIGN_INS_MONTHS: '4' }).sweep();
  expect(await actionsOf(month)).toEqual(['member.updated']);
});

it('writes a month to a file before its first event is deleted, and no month twice', async () => {
  const archive = mkdtempSync(join(folder, 'months-'));
  const [month, settings] = [await past(5), { AUDIT_ARCHIVE_DIR: archive }];
  await retention(settings).sweep();
  const file = join(archive, `audit-${month}.ndjson`);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const actions = lines.map((line) => (JSON.parse(line) as { action: string }).action);
  expect(actions.sort()).toEqual(['member.updated', 'session.created', 'session.refreshed']);
  await retention({ ...settings, AUDIT_SIGN_INS_MONTHS: '5' }).sweep();
  expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(3);
  expect(readdirSync(archive).filter((name) => !name.endsWith('.ndjson'))).toEqual([]);
});

it('keeps a month that cannot be archived', async () => {
  const month = await past(6);
  await expect(retention({ AUDIT_ARCHIVE_DIR: '/dev/null/archive' }).sweep()).rejects.toThrow();
  expect(await actionsOf(month)).toHaveLength(3);
});

/** Whatever the database can store may be chosen. */
const ANY_CHOICE = {
  AUDIT_SIGN_INS_MIN_MONTHS: '1',
  AUDIT_SIGN_INS_MAX_MONTHS: '1200',
  AUDIT_CHANGES_MIN_MONTHS: '12',
  AUDIT_CHANGES_MAX_MONTHS: '1200',
};

describe('a tenant with retention of its own', () => {
  let ids: Record<'short' | 'long' | 'other', string>;

  const keepFor = (id: string, signIns: number | null, changes: number | null) =>
    owner.query('UPDATE tenants SET audit_sign_ins_months = $2, audit_changes_months = $3 WHERE id = $1', [
      ...[id, signIns, changes],
    ]);
  /** What each of them has left. */
  const left = async (month: string) => {
    const rows = await owner.query<{ id: string; actions: string[] }[]>(
      `SELECT tenant_id AS id, array_agg(action ORDER BY action) AS actions FROM audit_events
       WHERE to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM') = $1 GROUP BY tenant_id`,
      [month],
    );
    const byId = new Map(rows.map(({ id, actions }) => [id, actions]));
    return Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, byId.get(id) ?? []]));
  };

  beforeEach(async () => {
    ids = { short: randomUUID(), long: randomUUID(), other: randomUUID() };
    await owner.query(
      `INSERT INTO tenants (id, slug, name) SELECT id, id::text, 'Acme' FROM unnest($1::uuid[]) AS id`,
      [Object.values(ids)],
    );
    await keepFor(ids.short, 7, 14);
    await keepFor(ids.long, 20, 100);
  });

  afterEach(() =>
    owner.query('UPDATE tenants SET audit_sign_ins_months = NULL, audit_changes_months = NULL'),
  );

  it('loses its events sooner or later than the others, and the archive has them all before', async () => {
    const archive = mkdtempSync(join(folder, 'tenants-'));
    const all = Object.values(ids);
    const [half, two, seven] = [await past(8, all), await past(18, all), await past(90, all)];
    await retention({ ...ANY_CHOICE, AUDIT_ARCHIVE_DIR: archive }).sweep();

    const [changes, both] = [['member.updated'], ['member.updated', 'session.created']];
    expect(await left(half)).toEqual({ short: changes, long: both, other: both });
    expect(await left(two)).toEqual({ short: [], long: both, other: changes });
    expect(await left(seven)).toEqual({ short: [], long: changes, other: [] });
    expect(
      readFileSync(join(archive, `audit-${two}.ndjson`), 'utf8')
        .trimEnd()
        .split('\n'),
    ).toHaveLength(9);
  });

  it('is looked at again after its setting has changed', async () => {
    const month = await past(9, Object.values(ids));
    await retention(ANY_CHOICE).sweep();
    expect(await left(month)).toMatchObject({ long: ['member.updated', 'session.created'] });
    await keepFor(ids.long, null, null);
    await retention({ AUDIT_SIGN_INS_MONTHS: '9' }).sweep();
    expect(await left(month)).toMatchObject({ long: ['member.updated'] });
  });

  it('loses what is older when it chooses the time of another, and only months of that time are looked at again', async () => {
    const month = await past(10, Object.values(ids));
    await keepFor(ids.short, 8, null);
    await keepFor(ids.long, 20, null);
    await retention(ANY_CHOICE).sweep();
    const [both, changes] = [['member.updated', 'session.created'], ['member.updated']];
    expect(await left(month)).toEqual({ short: changes, long: both, other: both });
    const thinned = async () =>
      (await months.list('audit_events')).find((found) => found.month === month)?.thinned.sort();
    expect(await thinned()).toEqual(['refreshes', 'sign-ins:8']);
    await keepFor(ids.long, 8, 100);
    expect(await thinned()).toEqual(['refreshes']);
    await retention(ANY_CHOICE).sweep();
    expect(await left(month)).toEqual({ short: changes, long: changes, other: both });
  });

  it('keeps them within the bounds of the server, as they are now', async () => {
    const all = Object.values(ids);
    const [young, middle, old] = [await past(11, all), await past(22, all), await past(96, all)];
    await keepFor(ids.short, 7, 14);
    await keepFor(ids.long, 50, 100);
    const bounds = {
      AUDIT_SIGN_INS_MIN_MONTHS: '12',
      AUDIT_SIGN_INS_MAX_MONTHS: '22',
      AUDIT_CHANGES_MIN_MONTHS: '60',
      AUDIT_CHANGES_MAX_MONTHS: '97',
    };
    await retention(bounds).sweep();
    const [both, changes] = [['member.updated', 'session.created'], ['member.updated']];
    expect(await left(young)).toEqual({ short: both, long: both, other: both });
    expect(await left(middle)).toEqual({ short: changes, long: changes, other: changes });
    expect(await left(old)).toEqual({ short: [], long: changes, other: [] });
    // Without bounds, every tenant has what the server is set to
    await retention().sweep();
    expect(await left(young)).toEqual({ short: both, long: both, other: both });
    expect(await listed()).not.toContain(old);
  });

  it.each([
    ['audit_changes_months', 11],
    ['audit_sign_ins_months', 0],
    ['audit_sign_ins_months', 1201],
  ])('cannot have %s of %i', async (column, value) => {
    await expect(owner.query(`UPDATE tenants SET ${column} = $1`, [value])).rejects.toThrow(
      `tenants_${column}_check`,
    );
  });
});

it('adds the coming months, and takes over what was written before there was one', async () => {
  const before = await listed();
  const last = before.at(-1) ?? '';
  await owner.query(`DROP TABLE partitions.audit_events_${last.replace('-', '')}`);
  await owner.query(
    `INSERT INTO audit_events (id, occurred_at, actor_kind, action, outcome)
     VALUES (gen_random_uuid(), '${last}-03Z', 'anonymous', 'user.updated', 'success')`,
  );
  await Promise.all(
    [months.add('audit_events'), months.add('audit_events')].map((added) => added.catch(() => undefined)),
  );
  await months.add('audit_events');
  expect(await listed()).toEqual(before);
  expect(await actionsOf(last)).toEqual(['user.updated']);
  const [{ left } = { left: -1 }] = await owner.query<{ left: number }[]>(
    'SELECT count(*)::int AS left FROM partitions.audit_events_default',
  );
  expect(left).toBe(0);
});

it.each([
  [
    'this month',
    `SELECT thin_audit_month(now()::date, 'changes', NULL, '{user.updated}', gen_random_uuid(), 1)`,
  ],
  [
    'the changes of a month of the last year',
    `SELECT thin_audit_month((now() - interval '3 months')::date, 'changes', NULL, '{session.created,user.updated}', gen_random_uuid(), 1)`,
  ],
  ['the last month', `SELECT drop_month('audit_events', (now() - interval '1 month')::date)`],
  ['a month of the last year', `SELECT drop_month('audit_events', (now() - interval '11 months')::date)`],
  ['a far month', `SELECT add_month('audit_events', 3)`],
])('the server cannot touch %s', async (_, text) => {
  await expect(server.query(text)).rejects.toThrow(/month/);
});

it.each(['SELECT * FROM', 'DELETE FROM', 'TRUNCATE'])('the server cannot %s a partition', async (words) => {
  const text = `${words} partitions.audit_events_default`;
  await expect(server.query(text)).rejects.toThrow('permission denied for schema partitions');
});
