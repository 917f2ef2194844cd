import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { fill } from '../../test/bench/growth/fill.mjs';
import { inSeconds } from '../../test/support/clock.js';
import { fillEmptyTables } from '../../test/support/fill-tables.js';
import { type RepositoryStatement, repositoryStatements } from '../../test/support/repository-statements.js';
import { loadConfig } from '../config/config.js';
import {
  BulkRevocationRepository,
  CREDENTIALS,
  type Revocable,
} from '../modules/bulk-revocation/bulk-revocation.repository.js';
import { HousekeepingRepository } from '../modules/retention/housekeeping.repository.js';
import { retentionRules } from '../modules/retention/retention-rules.js';
import type { Database } from './database.js';

/** Tables that stay small, however many people there are. */
const SMALL = [
  ...['signing_keys', 'next_signing_keys', 'secret_keys', 'bulk_revocations'],
  ...['schema_migrations', 'sms_alerts', 'operators'],
];
/** With fewer rows, an index is not worth it: partitions of months to come. */
const FEW_ROWS = 500;

/** Methods that are not looked at here, with the reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'ImportedUsersRepository.countActive': 'the export reads everybody, and tells first how many they are',
  'HousekeepingRepository.deleteBatch': 'its texts are made of the rules, each of which has a test below',
  'UsersRepository.setVerified': 'its text names the kind of the identifier; it updates one person by id',
  'MessageRecordsRepository.listRecent': 'the newest of all messages, for the inbox of development',
  'EncryptedAnswersRepository.countOthers': 'the answers of one day, every ten minutes',
  'DiagnosisRepository.read': 'the catalogue, when an operator asks',
  'AuditMonthsRepository.listOwnShares': 'the tenants that have chosen how long their events are kept',
  'ImportedUsersRepository.page': 'the export reads everybody, in pages, and leaves few out',
  'ImportedTenantsRepository.count': 'the export reads every tenant, and tells first how many they are',
  'ImportedPasswordsRepository.listShares':
    'how many passwords of each imported profile there are, at intervals',
  'ImportedPasswordsRepository.page': 'a change of the key reads all imported passwords, in pages',
  'AvatarsRepository.findOwners': 'once per 500 pictures in a folder of an earlier version',
};

/** Sweeps that meet rows whose time is over by the index, and which are kept for longer, each time again: bounded ones. */
const KEPT_LONGER: Readonly<Record<string, RegExp>> = {
  // Of links of invitations, those of 30 days
  one_time_secrets: /one_time_secrets_expires_at_idx, condition \(expires_at < .+ filter .+'invitation'/,
  // Those who are blocked for longer than a day
  attempts: /attempts_updated_at_idx, condition \(updated_at < .+ filter .+blocked_until/,
};

interface Plan {
  'Node Type': string;
  'Parent Relationship'?: string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  Filter?: string;
  Plans?: Plan[];
}

/** So many that PostgreSQL does not read them all whatever the indexes are, and some of each status. */
const MORE_ROWS = [
  `INSERT INTO tenants (id, slug, name)
   SELECT gen_random_uuid(), 'more-' || n, 'More ' || n FROM generate_series(1, 3000) AS n`,
  `INSERT INTO roles (id, tenant_id, key, name, level, permissions)
   SELECT gen_random_uuid(), id, 'user', 'User', 10, '{}' FROM tenants WHERE slug LIKE 'more-%'`,
  ...['departments', 'teams'].map(
    (table) => `
      INSERT INTO ${table} (id, tenant_id, name)
      SELECT gen_random_uuid(), id, 'One' FROM tenants WHERE slug LIKE 'more-%'`,
  ),
  `UPDATE tenants SET status = 'suspended', deletion_at = now() + interval '1 hour' * (hashtext(slug) % 48)
   WHERE slug LIKE 'more-1%'`,
  `UPDATE users SET status = 'leaving', deletion_at = now() + interval '1 hour' * (hashtext(email) % 48)
   WHERE email LIKE 'person1%'`,
  // What a trigger does where it acts
  `INSERT INTO search.tenant_texts SELECT id, tenant_text(name, slug) FROM tenants ON CONFLICT DO NOTHING`,
];

let client: Client;
let statements: RepositoryStatement[];
let small: Set<string>;
let firstColumns: Map<string, string>;
const config = loadConfig({ SECRET_KEY: randomBytes(32).toString('base64') });
const [tenantId, roleId] = ['01900000-0000-7000-a000-000000000001', '01900000-0000-7000-a000-000000000002'];

beforeAll(async () => {
  client = await connect();
  await client.query(`SET gatehouse.tenant = '*'`);
  await client.query(`INSERT INTO tenants (id, slug, name) VALUES ($1, 'large', 'Large')`, [tenantId]);
  await client.query(
    `INSERT INTO roles (id, tenant_id, key, name, level, permissions) VALUES ($1, $2, 'user', 'User', 10, '{}')`,
    [roleId, tenantId],
  );
  await fill(client, { people: 5_000, large: 1_500, tenantId, roleId });
  for (const text of MORE_ROWS) await client.query(text);
  await fillEmptyTables(client, SMALL);
  const few = await client.query<{ name: string }>(
    'SELECT relname AS name FROM pg_class WHERE reltuples < $1 OR relname = ANY ($2)',
    [FEW_ROWS, SMALL],
  );
  small = new Set(few.rows.map(({ name }) => name));
  const indexes = await client.query<{ name: string; column: string }>(
    `SELECT c.relname AS name, pg_get_indexdef(c.oid, 1, true) AS column
     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid`,
  );
  firstColumns = new Map(indexes.rows.map(({ name, column }) => [name, column]));
  // As the server does
  await client.query(`SET ROLE gatehouse_app; SET gatehouse.tenant = ''; SET random_page_cost = 1.1`);
  statements = await repositoryStatements();
});

afterAll(() => client.end());

/** As a superuser where there is one, who can leave out the checks of foreign keys. */
async function connect(): Promise<Client> {
  const url = new URL(process.env.TEST_DATABASE_URL ?? '');
  const own = url.href;
  url.username = 'postgres';
  for (const connectionString of [url.href, own]) {
    const connection = new Client({ connectionString });
    try {
      await connection.connect();
      return connection;
    } catch (error) {
      if (connectionString === own) throw error;
    }
  }
  throw new Error('Unreachable');
}

async function plansOf(text: string): Promise<Plan[]> {
  const { rows } = await client.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
    `EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${text}`,
  );
  return rows[0]?.['QUERY PLAN'].map(({ Plan: plan }) => plan) ?? [];
}

interface Scan {
  table: string;
  /** For whoever reads the failure. */
  how: string;
}

/** Nodes that read no more of their first input than they are asked for. */
const PASSES = ['Append', 'Merge Append', 'LockRows', 'Result', 'Subquery Scan', 'Unique'];

/**
 * What nothing bounds: sequential scans, those of a whole index, and, if a filter drops rows of it, those of a part of an
 * index which no value of its first column bounds. Under a limit, an index is read until the
 * rows suffice.
 */
function scans(plan: Plan, isLimited = false, heap = plan): Scan[] {
  const { 'Node Type': type, 'Index Name': index = '', 'Index Cond': condition, Plans: inputs = [] } = plan;
  const { 'Relation Name': table = '', Filter: filter = 'none' } = heap;
  const found = { table, how: `${type} ${index}, condition ${condition ?? 'none'}, filter ${filter}` };
  if (type === 'Seq Scan') return [found];
  const isFiltered = dropsRows(heap);
  // Another column than the first drops rows as a filter does
  const skips = condition !== undefined && !startsAt(index, condition);
  const isEndless = isFiltered || skips || (condition === undefined && !isLimited);
  if (/^(Index|Index Only|Bitmap Index) Scan$/.test(type) && isEndless && !isBounded(index, condition))
    return [found];
  const passes = type === 'Limit' || (isLimited && !isFiltered && PASSES.includes(type));
  return inputs.flatMap((input) => {
    const isRead = /^(Outer|Member|Subquery)$/.test(input['Parent Relationship'] ?? '');
    return scans(input, passes && isRead, type.startsWith('Bitmap') ? heap : input);
  });
}

/** Finds at once: the rows with one value of the index's first column, or those that contain another. */
const isBounded = (index: string, condition = ''): boolean =>
  condition.includes('@>') || new RegExp(`${firstColumnOf(index)}\\)?(::\\w+)? (=|IS NULL)`).test(condition);

/** Reads no more than a part of the index. */
const startsAt = (index: string, condition: string): boolean =>
  new RegExp(firstColumnOf(index)).test(condition);

const firstColumnOf = (index: string): string =>
  `(?<![\\w.])${(firstColumns.get(index) ?? '').replace(/[^\w ]/g, '\\$&')}(?!\\w)`;

/** Of row-level security: it drops rows only where something else is asked for in the scope of another tenant. */
const POLICY =
  /current_setting\('gatehouse\.tenant'::text, true\) = ('\*'::text|\([\w.]+\)::text)|EXISTS\(SubPlan \d+\)|\(?hashed SubPlan \d+\)?/g;

const dropsRows = ({ Filter = '' }: Plan): boolean =>
  /\w/.test(Filter.replace(POLICY, '').replace(/\b(AND|OR)\b/g, ''));

/** The tables whose rows are sorted before a limit can end the reading. */
const sorts = (plan: Plan): string[] => {
  if (plan['Node Type'] === 'Limit') return (plan.Plans ?? []).flatMap(sorts);
  if (plan['Node Type'].includes('Sort')) return (plan.Plans ?? []).flatMap(tablesOf);
  return (plan.Plans ?? []).flatMap(sorts);
};

const tablesOf = (plan: Plan): string[] =>
  plan['Node Type'] === 'Limit'
    ? []
    : [
        ...(plan['Relation Name'] === undefined ? [] : [plan['Relation Name']]),
        ...(plan.Plans ?? []).flatMap(tablesOf),
      ];

/** Of tables that are large enough to be worth an index. */
async function readsOfLargeTables(text: string): Promise<string[]> {
  try {
    const found = (await plansOf(text)).flatMap((plan) => scans(plan));
    return found.filter(({ table }) => !small.has(table)).map(({ table, how }) => `${table}: ${how}`);
  } catch (error) {
    return [(error as Error).message];
  }
}

it('no statement of a repository reads a table or an index that grows from end to end', async () => {
  const found: string[] = [];
  for (const { method, text } of statements) {
    // A setting has no plan
    if (method in EXCEPTIONS || /^\s*SET /.test(text)) continue;
    const scanned = await readsOfLargeTables(text);
    if (scanned.length > 0) found.push(`${method} reads ${scanned.join(' and ')}`);
  }
  expect(found).toEqual([]);
});

it('no page of a list is sorted after reading all of the list', async () => {
  const found: string[] = [];
  const pages = statements.filter(({ method, text }) => method.endsWith('.list') && /LIMIT \$\d/.test(text));
  expect(pages.length).toBeGreaterThan(5);
  for (const { method, text } of pages) {
    const tables = (await plansOf(text)).flatMap(sorts).filter((table) => !small.has(table));
    if (tables.length > 0) found.push(`${method}: ${tables.join(', ')}`);
  }
  expect(found).toEqual([]);
});

it.each(retentionRules(config).map((rule) => [rule.table, rule] as const))(
  'the sweep of %s finds what is over by an index',
  async (table, rule) => {
    const texts: string[] = [];
    const autocommitAcrossTenants = { execute: (text: string) => Promise.resolve(texts.push(text)) };
    await new HousekeepingRepository({ autocommitAcrossTenants } as unknown as Database).deleteBatch(rule, 1);
    expect(texts).toHaveLength(1);
    for (const text of texts) {
      const found = await readsOfLargeTables(text);
      const later = KEPT_LONGER[table];
      expect(found).toEqual(later === undefined ? [] : [expect.stringMatching(later)]);
    }
  },
);

it.each<Revocable>([...CREDENTIALS, 'password_credentials', 'second_factors'])(
  'the revocation of all %s reads the table in batches',
  async (kind) => {
    const texts: string[] = [];
    const autocommitAcrossTenants = { one: (text: string) => Promise.resolve(void texts.push(text)) };
    const database = { autocommitAcrossTenants } as unknown as Database;
    await new BulkRevocationRepository(database).revoke(kind, inSeconds(0)).next();
    expect(texts).toHaveLength(1);
    for (const text of texts) expect(await readsOfLargeTables(text)).toEqual([]);
  },
);

it.each(['find_members', 'find_tenants'])('%s finds texts by an index', async (name) => {
  const { rows } = await client.query<{ body: string; names: string[]; types: string[] }>(
    `SELECT prosrc AS body, proargnames AS names,
       ARRAY(SELECT format_type(type, NULL) FROM unnest(proargtypes) WITH ORDINALITY AS t (type, place) ORDER BY place) AS types
     FROM pg_proc WHERE proname = $1`,
    [name],
  );
  const [{ body, names, types }] = rows as [(typeof rows)[number]];
  const [, query = ''] = /RETURN QUERY([^;]+);/.exec(body) ?? [];
  const text = names.reduce(
    (made, parameter, place) =>
      made.replace(new RegExp(`(?<!\\.)\\b${parameter}\\b`, 'g'), `$$${place + 1}::${types[place]}`),
    query,
  );
  await client.query('BEGIN; SET LOCAL ROLE NONE; SET LOCAL enable_seqscan = off');
  try {
    expect(await readsOfLargeTables(text)).toEqual([]);
  } finally {
    await client.query('ROLLBACK');
  }
});

it('calls the repositories of every module', () => {
  const repositories = new Set(statements.map(({ method }) => method.split('.')[0]));
  expect(repositories.size).toBeGreaterThan(5);
});
