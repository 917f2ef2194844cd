import { randomUUID } from 'node:crypto';
import { NIL } from 'uuid';
import { useCore } from '../../../test/support/core.js';
import { People } from '../../../test/support/people.js';
import { fromCursor } from '../../common/pagination.js';
import { Database } from '../../database/database.js';
import { AcceptanceModule } from '../acceptance/acceptance.module.js';
import { fromEventCursor } from '../audit/event-place.js';
import type { TenantStatus } from '../tenants/tenants.repository.js';
import type { AuditRecordsQuery } from './audit-records.repository.js';
import { OperatorsModule } from './operators.module.js';
import type { Overview } from './overview.repository.js';
import { PersonBlockService } from './person-block.service.js';
import { RecordsService } from './records.service.js';
import { TenantDeletionService } from './tenant-deletion.service.js';
import { TenantSuspensionService } from './tenant-suspension.service.js';

const core = useCore([AcceptanceModule, OperatorsModule]);
const people = new People(core);
const read = () => core.get(RecordsService).readOverview();
const ORDER = { reason: 'A test', reference: 'case 4711' };

/** What is more than before. */
async function added(work: () => Promise<unknown>): Promise<Partial<Overview>> {
  const before = await read();
  await work();
  const after = await read();
  const names = Object.keys(after) as (keyof Overview)[];
  return Object.fromEntries(
    names.flatMap((name) => (after[name] === before[name] ? [] : [[name, after[name] - before[name]]])),
  );
}

it('counts tenants, sign-ins and their refusals', async () => {
  const person = await people.owner();
  expect(await added(() => people.owner())).toEqual({ tenants: 1, signIns: 1 });
  expect(await added(() => people.session(person))).toEqual({ signIns: 1 });
  const guess = () =>
    expect(people.signIn(person, { password: 'a wrong one' })).rejects.toMatchObject({
      code: 'invalid_credentials',
    });
  expect(await added(guess)).toEqual({ refusedSignIns: 1 });
});

it('counts what is suspended, is being deleted or is blocked, until it is no longer so', async () => {
  const [first, second] = [await people.owner(), await people.owner()];
  const [suspension, blocks] = [core.get(TenantSuspensionService), core.get(PersonBlockService)];
  expect(await added(() => suspension.suspend(first.tenant.id, ORDER))).toEqual({ suspendedTenants: 1 });
  expect(await added(() => core.get(TenantDeletionService).request(second.tenant.id, ORDER))).toEqual({
    suspendedTenants: 1,
    leavingTenants: 1,
  });
  expect(await added(() => suspension.restore(second.tenant.id, ORDER))).toEqual({
    suspendedTenants: -1,
    leavingTenants: -1,
  });
  expect(await added(() => blocks.block(first.id, ORDER))).toEqual({ blockedPeople: 1 });
  expect(await added(() => blocks.unblock(first.id, ORDER))).toEqual({ blockedPeople: -1 });
});

it('counts the messages that wait, and those that were given up in the last hour', async () => {
  const setOne = (values: string) =>
    core.query(`UPDATE messages SET ${values} WHERE id = (SELECT id FROM messages ORDER BY id LIMIT 1)`);
  await people.owner();
  await setOne(`status = 'recorded'`);
  const queued = `status = 'queued', next_try_at = now() + interval '1 day'`;
  expect(await added(() => setOne(`${queued}, channel = 'email'`))).toEqual({ waitingEmails: 1 });
  expect(await added(() => setOne(`channel = 'sms'`))).toEqual({ waitingEmails: -1, waitingSms: 1 });
  expect(await added(() => setOne(`status = 'recorded', channel = 'email'`))).toEqual({ waitingSms: -1 });
  expect(await added(() => setOne(`status = 'failed', created_at = now()`))).toEqual({ failedMessages: 1 });
  expect(await added(() => setOne(`created_at = now() - interval '61 minutes'`))).toEqual({
    failedMessages: -1,
  });
});

describe('events of all tenants', () => {
  type Filter = Omit<AuditRecordsQuery, 'after' | 'limit'>;
  const EVENTS = 300;
  const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];
  const [ada, alan] = [randomUUID(), randomUUID()];
  const records = () => core.get(RecordsService);

  beforeAll(() =>
    // Of three tenants and of none, by two people and others, over three months, not in the order of their ids; some at once
    core.query(
      `INSERT INTO audit_events (id, tenant_id, occurred_at, actor_kind, actor_id, action, outcome, target_kind, target_id)
       SELECT gen_random_uuid(), (ARRAY[$1, $2, $3, NULL]::uuid[])[1 + n % 4], now() - interval '1 day' * (n * 37 % 80),
         'user', (ARRAY[$4, $5, NULL]::uuid[])[1 + n % 3],
         (ARRAY['user.updated', 'user.blocked', 'member.updated', 'tenant.updated', 'user.viewed'])[1 + n % 5], 'success',
         'user', (ARRAY[$4, $5, gen_random_uuid()]::uuid[])[1 + n / 7 % 3]
       FROM generate_series(1, ${EVENTS}) AS n`,
      [first, second, third, ada, alan],
    ),
  );

  /** Every page, one after the other. */
  const walk = async (filter: Filter): Promise<string[]> => {
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const after = cursor === null ? null : fromEventCursor(cursor);
      const { data, nextCursor } = await records().listEvents(filter, { limit: 17, after });
      expect(data).toHaveLength(nextCursor === null ? data.length : 17);
      ids.push(...data.map(({ id }) => id));
      cursor = nextCursor;
    } while (cursor !== null);
    return ids;
  };

  it.each<[string, Filter, string]>([
    ['all', {}, 'true'],
    ['of a tenant', { tenantId: second }, `tenant_id = '${second}'`],
    ['of none', { tenantId: null }, 'tenant_id IS NULL'],
    ['of an actor', { actorId: ada }, `actor_id = '${ada}'`],
    ['about somebody', { targetId: alan }, `target_id = '${alan}'`],
    ['by or about somebody', { partyId: ada }, `'${ada}' IN (actor_id, target_id)`],
    ['of an action', { actions: ['user.blocked'] }, `action = 'user.blocked'`],
    ['of several', { actions: ['user.updated', 'user.viewed'] }, `action IN ('user.updated', 'user.viewed')`],
    ['of no action', { actions: [] }, 'false'],
    [
      'of an action in no tenant',
      { tenantId: null, actions: ['user.viewed'] },
      `tenant_id IS NULL AND action = 'user.viewed'`,
    ],
    [
      'of an action in a tenant',
      { tenantId: first, actions: ['user.viewed'] },
      `tenant_id = '${first}' AND action = 'user.viewed'`,
    ],
    [
      'of an actor in no tenant',
      { tenantId: null, actorId: alan },
      `tenant_id IS NULL AND actor_id = '${alan}'`,
    ],
    [
      'by or about somebody in a tenant',
      { tenantId: third, partyId: ada },
      `tenant_id = '${third}' AND '${ada}' IN (actor_id, target_id)`,
    ],
    [
      'of an actor and an action',
      { actorId: ada, actions: ['user.viewed'] },
      `actor_id = '${ada}' AND action = 'user.viewed'`,
    ],
    [
      'of one about another',
      { actorId: ada, targetId: alan },
      `actor_id = '${ada}' AND target_id = '${alan}'`,
    ],
  ])('are listed newest first, page by page: %s', async (_, filter, condition) => {
    const rows = await core.query<{ id: string }>(
      `SELECT id FROM audit_events WHERE ${condition} ORDER BY occurred_at DESC, id DESC`,
    );
    const ids = rows.map(({ id }) => id);
    expect(ids.length > 0).toBe(condition !== 'false');
    expect(await walk(filter)).toEqual(ids);
  });

  it('begin after the event of a cursor of an earlier version, which has no time', async () => {
    const all = await walk({ tenantId: first });
    const page = { limit: 5, after: { id: all[9] ?? '', micros: null } };
    const { data } = await records().listEvents({ tenantId: first }, page);
    expect(data.map(({ id }) => id)).toEqual(all.slice(10, 15));
  });

  it('begin at a time', async () => {
    const [{ since, ids }] = (await core.query(
      `SELECT since, ARRAY(SELECT id FROM audit_events WHERE occurred_at >= since ORDER BY occurred_at DESC, id DESC) AS ids
       FROM (SELECT date_trunc('milliseconds', now() - interval '20 days') AS since) AS chosen`,
    )) as [{ since: Date; ids: string[] }];
    expect(ids.length).toBeGreaterThan(17);
    expect(await walk({ since })).toEqual(ids);
  });
});

describe('tenants', () => {
  /** Of several scripts, with letters whose lower case has another length, and what a pattern would be. */
  const NAMES = [
    'Müller GmbH',
    'STRASSE & Söhne',
    'Żabka',
    'İpek Tekstil',
    'ΣΟΦΟΣ ΑΕ',
    '山田商店',
    'Юлия',
    '100% Cotton',
    'A_B',
  ];
  /** More than are read before the index of texts is. */
  const MANY = 1_300;

  beforeAll(() =>
    core.query(
      `INSERT INTO tenants (id, slug, name, status)
       SELECT lpad(n::text, 32, '0')::uuid, 'company-' || n,
         CASE WHEN n > ${MANY - 3} THEN 'Quillfeather ' ELSE '' END || ($1::text[])[1 + n % cardinality($1)] || ' ' || n,
         CASE WHEN n % 2 = 0 THEN 'suspended' ELSE 'active' END
       FROM generate_series(1, ${MANY}) AS n`,
      [NAMES],
    ),
  );

  const walk = async (search: string | null, status: TenantStatus | null): Promise<string[]> => {
    const ids: string[] = [];
    let after: string | null = null;
    do {
      const page: { data: { id: string }[]; nextCursor: string | null } = await core
        .get(RecordsService)
        .listTenants({ search, status }, { limit: 90, after });
      ids.push(...page.data.map(({ id }) => id));
      after = page.nextCursor === null ? null : fromCursor(page.nextCursor);
    } while (after !== null);
    return ids;
  };

  it.each([
    [null, null],
    [null, 'suspended'],
    [null, 'active'],
    ['', null],
    ['COMPANY', null],
    ['quillFEATHER', null],
    ['quillfeather', 'active'],
    ['ł', null],
    ['ü', 'suspended'],
    ['商店', null],
    ['юлия', null],
    ['ΣΟΦΟΣ', null],
    ['%', null],
    ['_b 1', null],
    ['ny-129', null],
    ['9', 'active'],
    ['nobody', null],
    ['söhne 1', 'suspended'],
  ] as const)('are found by a part of name or slug (%s, %s), page by page', async (search, status) => {
    const rows = await core.query<{ id: string }>(
      `SELECT id FROM tenants
       WHERE ($1::text IS NULL OR strpos(lower(name), lower($1)) > 0 OR strpos(slug, lower($1)) > 0)
         AND ($2::text IS NULL OR status = $2) ORDER BY id`,
      [search, status],
    );
    expect(rows.length > 0).toBe(!['nobody', 'ł'].includes(search ?? ''));
    expect(await walk(search, status)).toEqual(rows.map(({ id }) => id));
  });

  it('are found by their new name, and not once they are deleted', async () => {
    const id = randomUUID();
    await core.query(`INSERT INTO tenants (id, slug, name) VALUES ($1, 'renamed', 'Sparrowhawk')`, [id]);
    expect(await walk('sparrow', 'active')).toEqual([id]);
    await core.query(`UPDATE tenants SET name = 'Wolpertinger' WHERE id = $1`, [id]);
    expect(await walk('wolpert', null)).toEqual([id]);
    expect(await walk('sparrow', 'active')).toEqual([]);
    await core.query('DELETE FROM tenants WHERE id = $1', [id]);
    expect(await walk('wolpert', null)).toEqual([]);
    expect(await core.query('SELECT FROM search.tenant_texts WHERE tenant_id = $1', [id])).toEqual([]);
  });

  it('are found across tenants only, and by nobody who reads the texts themselves', async () => {
    const database = core.get(Database);
    const [{ id }] = (await core.query('SELECT id FROM tenants ORDER BY id LIMIT 1')) as [{ id: string }];
    const find = `SELECT find_tenants('company', 6, NULL, '${NIL}', 5) AS id`;
    expect(await database.autocommitAcrossTenants.many(find, [])).toHaveLength(5);
    expect(await database.autocommit.many(find, [])).toEqual([]);
    expect(await database.inTenant(id, (tx) => tx.many(find, []))).toEqual([]);
    const reading = database.autocommitAcrossTenants.many('SELECT FROM search.tenant_texts', []);
    await expect(reading).rejects.toThrow('permission denied for schema search');
  });
});
