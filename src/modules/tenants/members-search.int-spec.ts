import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { selectMembers } from './members.repository.js';

/** More than the people that a search looks up before it reads the members in their order. */
const PEOPLE = 3_200;

let dataSource: DataSource;
const [large, small] = [randomUUID(), randomUUID()];

beforeAll(async () => {
  dataSource = await new DataSource({ type: 'postgres', url: process.env.TEST_DATABASE_URL }).initialize();
  for (const tenant of [large, small]) {
    await dataSource.query(`INSERT INTO tenants (id, slug, name) VALUES ($1::uuid, $1::text, 'Acme')`, [
      tenant,
    ]);
    await dataSource.query(
      `INSERT INTO roles (id, tenant_id, key, name, level, permissions) VALUES ($1, $1, 'user', 'User', 10, '{}')`,
      [tenant],
    );
  }
  await dataSource.query(
    `WITH people AS (
       INSERT INTO users (id, email, first_name, last_name)
       SELECT gen_random_uuid(), 'P' || n || '@example.com', CASE n % 500 WHEN 0 THEN 'Zoë' ELSE 'Ada' END, 'No. ' || n
       FROM generate_series(1, ${PEOPLE}) AS n RETURNING id, last_name
     )
     INSERT INTO memberships (id, tenant_id, user_id, role_id)
     SELECT lpad(split_part(last_name, ' ', 2), 32, '0')::uuid, tenant, id, tenant
     FROM (SELECT *, CASE WHEN last_name < 'No. 3' THEN $1 ELSE $2 END::uuid AS tenant FROM people) AS placed`,
    [large, small],
  );
});

afterAll(() => dataSource.destroy());

const search = async (tenant: string, text: string, after: string | null = null, limit = 5) => {
  const [sql, values] = selectMembers(tenant, { search: text, after, limit });
  const rows = await dataSource.query<{ email: string; membershipId: string }[]>(sql, values);
  return rows.map(({ email }) => email);
};

/** The same by reading every member. */
const expected = async (tenant: string, text: string, after: string | null = null, limit = 5) => {
  const rows = await dataSource.query<{ email: string }[]>(
    `SELECT email FROM memberships m JOIN users u ON u.id = m.user_id
     WHERE tenant_id = $1 AND ($3::uuid IS NULL OR m.id > $3)
       AND (first_name || ' ' || last_name ILIKE '%' || $2 || '%' OR email ILIKE '%' || $2 || '%')
     ORDER BY m.id LIMIT $4`,
    [tenant, text, after, limit],
  );
  return rows.map(({ email }) => email);
};

it.each([
  ['frequent', 'ada'],
  ['of two characters', 'oë'],
  ['of four characters', 'p299'],
  ['rare', 'zoë no'],
  ['rare at its end', 'p2999@'],
  ['frequent elsewhere', 'no. 31'],
  ['frequent, but not among the next', 'no. 2'],
  ['found nowhere', 'quill'],
  ['short', 'Z'],
])('finds what is %s, page by page, wherever it stands', async (_, text) => {
  for (const tenant of [large, small]) {
    const first = await expected(tenant, text);
    expect(await search(tenant, text)).toEqual(first);
    const after = '00000000-0000-0000-0000-000000001100';
    expect(await search(tenant, text, after)).toEqual(await expected(tenant, text, after));
  }
});

it('finds what many people of other tenants have, and only the last members of this one', async () => {
  await dataSource.query(
    `UPDATE users SET email = 'many-' || email WHERE last_name > 'No. 3' OR last_name = 'No. 2999'`,
  );
  await dataSource.query(
    `INSERT INTO users (id, email, first_name, last_name)
     SELECT gen_random_uuid(), 'many-' || n || '@example.org', 'Jo', 'Doe' FROM generate_series(1, ${PEOPLE}) AS n`,
  );
  expect(await search(large, 'MANY-')).toEqual(['many-P2999@example.com']);
});
