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
  'AvatarsRepository.findOwners': 'once per 500 pictures in a folder of an earlier version',
};

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  Plans?: Plan[];
}

let client: Client;
let statements: RepositoryStatement[];
let small: Set<string>;
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
  await fillEmptyTables(client, SMALL);
  const few = await client.query<{ name: string }>(
    'SELECT relname AS name FROM pg_class WHERE reltuples < $1 OR relname = ANY ($2)',
    [FEW_ROWS, SMALL],
  );
  small = new Set(few.rows.map(({ name }) => name));
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

/** The tables that the statement reads completely; empty ones are not worth an index. */
async function readsCompletely(text: string): Promise<string[]> {
  return (await plansOf(text)).flatMap(scans);
}

async function plansOf(text: string): Promise<Plan[]> {
  const { rows } = await client.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
    `EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${text}`,
  );
  return rows[0]?.['QUERY PLAN'].map(({ Plan: plan }) => plan) ?? [];
}

const scans = (plan: Plan): string[] => [
  ...(plan['Node Type'] === 'Seq Scan' ? [plan['Relation Name'] ?? ''] : []),
  ...(plan.Plans ?? []).flatMap(scans),
];

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

const readLargeTables = async (text: string): Promise<string[]> => {
  const tables = await readsCompletely(text).catch((error: Error) => [error.message]);
  return tables.filter((table) => !small.has(table));
};

it('no statement of a repository reads a table that grows from end to end', async () => {
  const found: string[] = [];
  for (const { method, text } of statements) {
    // A setting has no plan
    if (method in EXCEPTIONS || /^\s*SET /.test(text)) continue;
    const tables = await readLargeTables(text);
    if (tables.length > 0) found.push(`${method}: ${tables.join(', ')}`);
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
  async (_, rule) => {
    const texts: string[] = [];
    const autocommitAcrossTenants = { execute: (text: string) => Promise.resolve(texts.push(text)) };
    await new HousekeepingRepository({ autocommitAcrossTenants } as unknown as Database).deleteBatch(rule, 1);
    expect(texts).toHaveLength(1);
    for (const text of texts) expect(await readLargeTables(text)).toEqual([]);
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
    for (const text of texts) expect(await readLargeTables(text)).toEqual([]);
  },
);

it('calls the repositories of every module', () => {
  const repositories = new Set(statements.map(({ method }) => method.split('.')[0]));
  expect(repositories.size).toBeGreaterThan(5);
});
