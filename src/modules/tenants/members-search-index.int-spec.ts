import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Client } from 'pg';
import { until } from '../../../test/support/until.js';
import { selectMembers } from './members.repository.js';

/** Of several scripts, with letters whose lower case has another length, and what ILIKE would take for patterns. */
const NAMES = [
  ...[
    'Ada',
    'ADAM',
    'Zoë',
    'Straße',
    'ΣΟΦΟΣ',
    'İpek',
    'Ωμέγα',
    'Željko',
    'Þór',
    'ƁƊ',
    'Ada-Maria',
    "O'Neill",
  ],
  ...[
    'Юлия',
    'Ёлка',
    '山田',
    '佐藤太郎',
    '김민준',
    'محمد',
    'שָׁלוֹם',
    'नमस्ते',
    'ก้อง',
    '👩‍🚀',
    '𝒜da',
    '100%',
    'a_b',
    'x\\y',
  ],
];
const TENANTS = 12;
/** Of the first tenant: more than a search looks up before it reads the members in their order. */
const LARGE = 1_300;

const tenants = Array.from({ length: TENANTS }, () => randomUUID());
const [large = '', small = ''] = tenants;
let client: Client;

beforeAll(async () => {
  client = await connect();
  await client.query(
    `INSERT INTO tenants (id, slug, name) SELECT id, id::text, 'Acme' FROM unnest($1::uuid[]) AS id`,
    [tenants],
  );
  await client.query(
    `INSERT INTO roles (id, tenant_id, key, name, level, permissions)
     SELECT id, id, 'user', 'User', 10, '{}' FROM unnest($1::uuid[]) AS id`,
    [tenants],
  );
  // The names of the numbers 7 n + 1 and 11 n of the list; in the large tenant the last members have another company
  await client.query(
    `INSERT INTO users (id, email, phone, first_name, last_name)
     SELECT lpad(n::text, 32, '0')::uuid, 'P' || n || CASE WHEN n > ${LARGE - 5} THEN '@rare.test' ELSE '@Example.com' END,
       CASE WHEN n % 3 = 0 THEN '+49170' || lpad(n::text, 7, '0') END,
       ($1::text[])[1 + (7 * n + 1) % cardinality($1)], ($1::text[])[1 + (11 * n + n / 26) % cardinality($1)]
     FROM generate_series(1, ${2 * LARGE}) AS n`,
    [NAMES],
  );
  await client.query(
    `INSERT INTO memberships (id, tenant_id, user_id, role_id)
     SELECT gen_random_uuid(), tenant, id, tenant FROM (
       SELECT id, CASE WHEN id <= lpad('${LARGE}', 32, '0')::uuid THEN ($1::uuid[])[1]
         ELSE ($1::uuid[])[2 + (hashtext(id::text) & 7)] END AS tenant FROM users) placed`,
    [tenants],
  );
  // One of seven is in a second tenant
  await client.query(
    `INSERT INTO memberships (id, tenant_id, user_id, role_id)
     SELECT gen_random_uuid(), ($1::uuid[])[11], id, ($1::uuid[])[11] FROM users WHERE hashtext(id::text) % 7 = 0`,
    [tenants],
  );
});

afterAll(() => client.end());

async function connect(): Promise<Client> {
  const connection = new Client({ connectionString: process.env.TEST_DATABASE_URL });
  await connection.connect();
  return connection;
}

interface Wanted {
  tenant: string;
  text: string;
  after?: string | null;
  limit: number;
}

async function search({ tenant, text, after = null, limit }: Wanted): Promise<string[]> {
  const [sql, values] = selectMembers(tenant, { search: text, after, limit });
  const { rows } = await client.query<{ membershipId: string }>(sql, values);
  return rows.map(({ membershipId }) => membershipId);
}

/** The same by a pattern, of every member. */
async function reference({ tenant, text, after = null, limit }: Wanted): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT m.id FROM memberships m JOIN users u ON u.id = m.user_id
     WHERE tenant_id = $1 AND ($3::uuid IS NULL OR m.id > $3)
       AND (btrim(first_name || ' ' || last_name) ILIKE $2 OR email ILIKE $2 OR phone ILIKE $2)
     ORDER BY m.id LIMIT $4`,
    [tenant, `%${text.replace(/[\\%_]/g, '\\$&')}%`, after, limit],
  );
  return rows.map(({ id }) => id);
}

/** Parts of what some member has, in either case, and texts that hardly anybody has. */
const texts = fc.oneof(
  fc
    .tuple(fc.constantFrom(...NAMES), fc.constantFrom(...NAMES), fc.nat(40), fc.integer({ min: 1, max: 9 }))
    .map(([first, last, from, length]) =>
      [...`${first} ${last}`].slice(from % 6, (from % 6) + length).join(''),
    ),
  fc
    .tuple(fc.integer({ min: 1, max: 2 * LARGE }), fc.nat(8), fc.integer({ min: 1, max: 12 }))
    .map(([n, from, length]) => `p${n}@example.com`.slice(from, from + length)),
  fc.integer({ min: 0, max: 999 }).map((n) => `170000${n}`),
  fc.constantFrom('@rare', 'RARE.TEST', '.test', 'quill', '%', '_', '\\', 'ς', 'ss', 'i̇'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 7 }).filter((text) => !/[\0\n]/.test(text)),
);

it('finds what a pattern finds, page by page, in every tenant, script and case', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...tenants, large, large),
      texts.filter((text) => text.trim() !== ''),
      fc.constantFrom(
        (text: string) => text,
        (text: string) => text.toUpperCase(),
        (text: string) => text.toLowerCase(),
      ),
      fc.integer({ min: 1, max: 25 }),
      async (tenant, part, cased, limit) => {
        const text = cased(part);
        const first = await search({ tenant, text, limit });
        expect(first).toEqual(await reference({ tenant, text, limit }));
        const after = first.at(-1);
        if (after === undefined) return;
        expect(await search({ tenant, text, after, limit })).toEqual(
          await reference({ tenant, text, after, limit }),
        );
      },
    ),
    { numRuns: 200 },
  );
});

const person = async (firstName: string, tenant: string): Promise<string> => {
  const id = randomUUID();
  await client.query(`INSERT INTO users (id, first_name, last_name) VALUES ($1, $2, 'Doe')`, [id, firstName]);
  await join(client, id, tenant);
  return id;
};

const join = (as: Client, userId: string, tenant: string) =>
  as.query(
    'INSERT INTO memberships (id, tenant_id, user_id, role_id) VALUES (gen_random_uuid(), $1, $2, $1)',
    [tenant, userId],
  );

const rename = (as: Client, userId: string, firstName: string) =>
  as.query('UPDATE users SET first_name = $2 WHERE id = $1', [userId, firstName]);

const textsOf = async (userId: string): Promise<string[]> => {
  const { rows } = await client.query<{ text: string }>(
    'SELECT text FROM search.member_texts WHERE user_id = $1 ORDER BY 1',
    [userId],
  );
  return rows.map(({ text }) => text.trim());
};

it('follows a change of name in every tenant of the person', async () => {
  const id = await person('Hildegunst', large);
  await join(client, id, small);
  await rename(client, id, 'Quendolin');
  for (const tenant of [large, small]) {
    expect(await search({ tenant, text: 'hildegunst', limit: 5 })).toEqual([]);
    expect(await search({ tenant, text: 'quendolin', limit: 5 })).toHaveLength(1);
  }
});

it('forgets who leaves a tenant, and who is erased', async () => {
  const id = await person('Wolperting', large);
  await join(client, id, small);
  await client.query('DELETE FROM memberships WHERE user_id = $1 AND tenant_id = $2', [id, large]);
  expect(await textsOf(id)).toEqual(['wolperting doe']);
  await client.query('DELETE FROM users WHERE id = $1', [id]);
  expect(await textsOf(id)).toEqual([]);
});

it('has the new name of a person who joins a tenant at the moment of the change', async () => {
  const id = await person('Before', large);
  const [joining, renaming] = [await connect(), await connect()];
  try {
    await joining.query('BEGIN');
    await join(joining, id, small);
    let isRenamed = false;
    const renamed = rename(renaming, id, 'Behind').then(() => (isRenamed = true));
    const waits = `
      SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'UPDATE users SET first_name%'`;
    await until(async () => isRenamed || (await client.query(waits)).rowCount === 1);
    await joining.query('COMMIT');
    await renamed;
    expect(await textsOf(id)).toEqual(['behind doe', 'behind doe']);
  } finally {
    await joining.end();
    await renaming.end();
  }
});

describe('as the server', () => {
  let server: Client;
  const inScope = (tenant: string) =>
    server.query(`SELECT set_config('gatehouse.tenant', $1, false)`, [tenant]);

  beforeAll(async () => {
    server = await connect();
    await server.query('SET ROLE gatehouse_app');
  });

  afterAll(() => server.end());

  it('nobody reads the texts themselves', async () => {
    await inScope('*');
    for (const words of ['SELECT FROM', 'DELETE FROM', 'TRUNCATE']) {
      await expect(server.query(`${words} search.member_texts`)).rejects.toThrow(
        'permission denied for schema search',
      );
    }
  });

  it('the index answers for the tenant in scope alone', async () => {
    const found = async () => (await server.query(`SELECT find_members($1, 'ada', 3, 5)`, [large])).rowCount;
    await inScope(large);
    expect(await found()).toBe(5);
    await inScope('*');
    expect(await found()).toBe(5);
    for (const other of [small, '']) {
      await inScope(other);
      expect(await found()).toBe(0);
    }
  });
});
