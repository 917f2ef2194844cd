/*
 * Rows as a server leaves them, written by SQL: texts and times are spread over them by their numbers, so that every run
 * measures the same database.
 */

const KEY = (label, number) => `('${label}' || lpad(to_hex(${number}), 12, '0'))::uuid`;
const USER = (number) => KEY('01900000-0000-7000-8000-', number);
const TENANT = (number) => KEY('01900000-0000-7000-8001-', number);
const ROLE = (number) => KEY('01900000-0000-7000-8002-', number);
const MEMBERSHIP = (number) => KEY('01900000-0000-7000-8003-', number);
const SESSION = (number) => KEY('01900000-0000-7000-8004-', number);
const INVITATION = (number) => KEY('01900000-0000-7000-8005-', number);
const API_KEY = (number) => KEY('01900000-0000-7000-8006-', number);
const EVENT = (number) => KEY('01900000-0000-7000-8007-', number);
const TEAM = (number) => KEY('01900000-0000-7000-8008-', number);
const DEPARTMENT = (number) => KEY('01900000-0000-7000-8009-', number);

/** Members of a tenant, but for the large one. */
const TENANT_SIZE = 10;
const EACH_DAY = 86_400;

const pick = (words, number) => `(ARRAY['${words.join("','")}'])[1 + (${number}) % ${words.length}]`;
const FIRST_NAMES = [
  'Ada',
  'Grace',
  'Alan',
  'Edsger',
  'Barbara',
  'Donald',
  'Frances',
  'John',
  'Margaret',
  'Niklaus',
];
const LAST_NAMES = [
  'Byron',
  'Hopper',
  'Turing',
  'Dijkstra',
  'Liskov',
  'Knuth',
  'Allen',
  'Backus',
  'Hamilton',
  'Wirth',
];
const ACTIONS = [
  'session.created',
  'session.created',
  'session.revoked',
  'otp.verified',
  'member.updated',
  'user.updated',
];

const SEARCH_INDEX = 'search.member_texts_parts_idx';

/** A part of the name of ten members of the large tenant, whatever its size, and of as many of each as large. */
export const RARE = 'quillfeather';

/**
 * Fills a migrated database. The first `large` people are members of the given tenant, with the given role.
 * @param {import('pg').Client} client of a user who owns the tables
 * @param {{ people: number, large: number, tenantId: string, roleId: string }} plan
 */
export async function fill(client, plan) {
  await client.query(
    `SELECT set_config('gatehouse.tenant', '*', false), set_config('synchronous_commit', 'off', false)`,
  );
  const { rows } = await client.query(`SELECT current_setting('is_superuser') AS super`);
  // Without the foreign keys, whose checks take most of the time; what follows refers to existing rows only
  if (rows[0].super === 'on') await client.query('SET session_replication_role = replica');
  // Made at the end at once: row by row it takes most of the time
  const { rows: index } = await client.query(`SELECT pg_get_indexdef('${SEARCH_INDEX}'::regclass) AS text`);
  await client.query(`DROP INDEX ${SEARCH_INDEX}`);
  for (const text of [...statements(plan), index[0].text, 'VACUUM ANALYZE']) await client.query(text);
}

/** The tenant and the role `user` that fill needs, of an account that leads one tenant. */
export async function findTenant(client, { email }) {
  const { rows } = await client.query(
    `SELECT r.tenant_id AS "tenantId", r.id AS "roleId" FROM users u
     JOIN memberships m ON m.user_id = u.id JOIN roles r ON r.tenant_id = m.tenant_id AND r.key = 'user'
     WHERE u.email = $1`,
    [email],
  );
  return rows[0];
}

function statements({ people, large, tenantId, roleId }) {
  const small = people - large;
  const tenants = Math.max(1, Math.ceil(small / TENANT_SIZE));
  const tenantOf = (n) =>
    `CASE WHEN ${n} <= ${large} THEN '${tenantId}' ELSE ${TENANT(`1 + (${n} - ${large} - 1) / ${TENANT_SIZE}`)} END`;
  const roleOf = (n) =>
    `CASE WHEN ${n} <= ${large} THEN '${roleId}' ELSE ${ROLE(`1 + (${n} - ${large} - 1) / ${TENANT_SIZE}`)} END`;
  // A list and a search find as many rows at each size: what differs is among how many
  const groups = Math.max(1, Math.min(900, Math.floor(large / 25)));
  // Lists of groups have a page at each size; those beyond the others are empty
  const listed = Math.max(groups, 25);
  const every = {
    rare: Math.ceil(large / 10),
    suspended: Math.min(97, Math.ceil(large / 25)),
    refused: Math.min(50, Math.ceil(large / 20)),
  };
  const series = (count) => `generate_series(1, ${count}) AS n`;
  const ago = (n, days) =>
    `now() - make_interval(secs => (${n}::bigint * 7919 % ${days * EACH_DAY})::float8)`;
  const anyone = (n) => `1 + (${n}::bigint * 31) % ${people}`;
  return [
    `
      INSERT INTO users (id, email, email_verified_at, phone, phone_verified_at, first_name, last_name, created_at)
      SELECT ${USER('n')}, 'person' || n || '@example.com', now(), '+1555' || lpad(n::text, 8, '0'), now(),
        ${pick(FIRST_NAMES, 'n')},
        CASE WHEN n % ${every.rare} = ${7 % Math.ceil(large / 10)} THEN '${RARE}' ELSE ${pick(LAST_NAMES, 'n / 10')} END || ' ' || to_hex(n * 2654435761 % 65536),
        ${ago('n', 700)}
      FROM ${series(people)}`,
    `INSERT INTO tenants (id, slug, name, name_key) SELECT ${TENANT('n')}, 'tenant-' || n, 'Tenant ' || n, 'tenant ' || n FROM ${series(tenants)}`,
    `
      INSERT INTO roles (id, tenant_id, key, name, level, permissions)
      SELECT ${ROLE('n')}, ${TENANT('n')}, 'user', 'User', 10, '{}' FROM ${series(tenants)}`,
    `
      INSERT INTO departments (id, tenant_id, name)
      SELECT ${DEPARTMENT('n')}, '${tenantId}', 'Department ' || n FROM ${series(listed)}`,
    `
      INSERT INTO departments (id, tenant_id, name)
      SELECT ${DEPARTMENT('1000 + n')}, ${TENANT('n')}, 'Department' FROM ${series(tenants)}`,
    `
      INSERT INTO teams (id, tenant_id, name) SELECT ${TEAM('1000 + n')}, ${TENANT('n')}, 'Team' FROM ${series(tenants)}`,
    `
      INSERT INTO teams (id, tenant_id, name)
      SELECT ${TEAM('n')}, '${tenantId}', 'Team ' || n FROM ${series(listed)}`,
    `
      INSERT INTO memberships (id, tenant_id, user_id, role_id, status, department_id, created_at)
      SELECT ${MEMBERSHIP('n')}, ${tenantOf('n')}, ${USER('n')}, ${roleOf('n')},
        CASE WHEN n % ${every.suspended} = 0 THEN 'suspended' ELSE 'active' END,
        CASE WHEN n <= ${large} THEN ${DEPARTMENT(`1 + n % ${groups}`)} END, ${ago('n', 700)}
      FROM ${series(people)}`,
    // What triggers do where they act
    `
      INSERT INTO search.member_texts (membership_id, tenant_id, user_id, text)
      SELECT m.id, m.tenant_id, u.id, search_text(u.first_name, u.last_name, u.email, u.phone)
      FROM memberships m JOIN users u ON u.id = m.user_id ON CONFLICT DO NOTHING`,
    `
      INSERT INTO search.tenant_texts (tenant_id, text)
      SELECT id, tenant_text(name, slug) FROM tenants ON CONFLICT DO NOTHING`,
    `
      INSERT INTO team_members (tenant_id, team_id, membership_id)
      SELECT '${tenantId}', ${TEAM(`1 + n % ${groups}`)}, ${MEMBERSHIP('n')} FROM ${series(large)}`,
    `
      INSERT INTO sessions (id, user_id, tenant_id, methods, user_agent, address, created_at, last_used_at,
        idle_expires_at, expires_at, revoked_at)
      SELECT ${SESSION('n')}, ${USER('p')}, ${tenantOf('p')}, '{pwd}', 'Mozilla/5.0', '192.0.2.' || n % 250,
        ${ago('n', 25)}, now(), now() + interval '5 days', now() + interval '5 days', CASE WHEN n % 3 = 0 THEN now() END
      FROM (SELECT n, ${anyone('n')} AS p FROM ${series(3 * people)}) AS numbered`,
    `
      INSERT INTO invitations (id, tenant_id, email, role_id, invited_by, created_at, expires_at, accepted_at)
      SELECT ${INVITATION('n')}, ${tenantOf('p')}, 'guest' || n || '@example.com', ${roleOf('p')}, ${USER('p')}, ${ago('n', 60)},
        now() + interval '3 days', CASE WHEN n % 4 > 0 THEN now() END
      FROM (SELECT n, ${anyone('n')} AS p FROM ${series(Math.ceil(people / 5))}) AS numbered`,
    `
      INSERT INTO api_keys (id, tenant_id, user_id, name, scopes, created_at, revoked_at)
      SELECT ${API_KEY('n')}, ${tenantOf('p')}, ${USER('p')}, 'Key ' || n, '{}', ${ago('n', 300)}, CASE WHEN n % 2 = 0 THEN now() END
      FROM (SELECT n, ${anyone('n')} AS p FROM ${series(Math.ceil(people / 5))}) AS numbered`,
    `
      INSERT INTO api_key_secrets (hash, key_id, prefix, last_four)
      SELECT sha256(id::text::bytea), id, 'abc', 'wxyz' FROM api_keys
      WHERE NOT EXISTS (SELECT 1 FROM api_key_secrets s WHERE s.key_id = api_keys.id)`,
    `
      INSERT INTO audit_events (id, tenant_id, occurred_at, actor_kind, actor_id, action, outcome, target_kind, target_id,
        address, user_agent, request_id, detail)
      SELECT ${EVENT('n')}, ${tenantOf('p')}, ${ago('n', 60)}, 'user', ${USER('p')}, ${pick(ACTIONS, 'n')},
        CASE WHEN n % ${every.refused} = 0 THEN 'refused' ELSE 'success' END, 'session', ${SESSION('n')}, '192.0.2.' || n % 250, 'Mozilla/5.0',
        'req-' || n, '{"methods": ["pwd"]}'
      FROM (SELECT n, ${anyone('n')} AS p FROM ${series(2 * people)}) AS numbered`,
  ];
}
