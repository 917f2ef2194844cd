import { NIL } from 'uuid';

/**
 * Aliases: `m` membership, `u` user, `r` role. The status of a pending deletion is the one a restoration brings back.
 */
const COLUMNS = `
  m.user_id AS id, m.id AS "membershipId", u.email, u.phone, u.first_name AS "firstName",
    u.last_name AS "lastName", u.avatar, r.key AS role, r.level AS "roleLevel", m.department_id AS "departmentId",
    ARRAY(SELECT tm.team_id FROM team_members tm WHERE tm.membership_id = m.id ORDER BY tm.team_id)::text[] AS "teamIds",
    m.assigned_agents AS "assignedAgents", COALESCE(m.status_before_leaving, m.status) AS status, m.created_at AS "joinedAt"`;

const MEMBER = `
  SELECT ${COLUMNS}
  FROM memberships m
  JOIN users u ON u.id = m.user_id
  JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id`;

/**
 * $1 tenant, $2 user. Includes members whose deletion is pending, though `selectMembers` does not: an administrator who
 * knows the id may still remove them, so that a restoration does not bring them back.
 */
export const FIND_MEMBER = `${MEMBER} WHERE m.tenant_id = $1 AND m.user_id = $2 AND u.status <> 'closed'`;

/** What a list of members shows; every given value narrows it. */
export interface MembersQuery {
  search?: string;
  role?: string;
  departmentId?: string;
  status?: string;
  /** The last membership of the previous page, or null. */
  after: string | null;
  limit: number;
}

/** One page of a tenant's members, in order of joining. */
export function selectMembers(tenantId: string, query: MembersQuery): [string, unknown[]] {
  const { search, role, departmentId, status, after, limit } = query;
  const values: unknown[] = [tenantId, after ?? NIL, limit];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const filters = [
    ...(role === undefined ? [] : [`AND role_id = (${FIND_ROLE_WITH_KEY} ${parameter(role)})`]),
    ...(departmentId === undefined ? [] : [`AND department_id = ${parameter(departmentId)}`]),
    ...(status === undefined ? [] : [`AND status = ${parameter(status)}`]),
  ].join(' ');
  const text =
    search === undefined ? readPage(readMemberships(filters)) : searchPage(filters, parameter(search));
  return [text, values];
}

const FIND_ROLE_WITH_KEY = 'SELECT id FROM roles WHERE tenant_id = $1 AND key =';

/** $1 tenant, $2 the last membership of the previous page, or NIL. */
const filterMemberships = (filters: string) => `
  SELECT * FROM memberships WHERE tenant_id = $1 AND id > $2 ${filters}`;

const readMemberships = (filters: string) => `${filterMemberships(filters)} ORDER BY id OFFSET 0`;

/**
 * $3 limit. Reads the memberships in the order of an index that begins with their filter, and looks up person and role
 * of each until the page is full: `OFFSET 0` keeps PostgreSQL from joining whole tables, which it prefers where
 * row-level security lets it expect few rows.
 */
const readPage = (memberships: string, userCondition = '', gate = 'true') => `
  SELECT ${COLUMNS}
  FROM (${memberships}) m
  CROSS JOIN LATERAL (SELECT * FROM users WHERE id = m.user_id AND status = 'active' ${userCondition} OFFSET 0) u
  CROSS JOIN LATERAL (SELECT * FROM roles WHERE tenant_id = m.tenant_id AND id = m.role_id OFFSET 0) r
  WHERE ${gate} ORDER BY m.id LIMIT $3`;

/** So many members are read before the index of texts is: they suffice in small tenants, and for frequent texts. */
const NEAR = 500;
/** Where more people than this have the text, reading the members in their order fills the page sooner. */
const MAX_FOUND = 2_000;

/** Of three ways to the same rows, the statement takes the shortest. */
function searchPage(filters: string, search: string): string {
  const text = 'search_text(first_name, last_name, email, phone)';
  const contains = `strpos(${text}, lower(${search})) > 0`;
  const partLength = `LEAST(3, length(lower(${search})))`;
  const ofFound = `
    SELECT m.* FROM (SELECT id FROM found WHERE (SELECT are_few FROM choice) OFFSET 0) f
    CROSS JOIN LATERAL (${filterMemberships(filters)} AND user_id = f.id OFFSET 0) m`;
  return `
    WITH near AS MATERIALIZED (${filterMemberships(filters)} ORDER BY id LIMIT ${NEAR}
    ), near_page AS MATERIALIZED (${readPage('SELECT * FROM near ORDER BY id', `AND ${contains}`)}
    ), first_choice AS MATERIALIZED (
      SELECT (SELECT count(*) FROM near) < ${NEAR} OR (SELECT count(*) FROM near_page) >= $3 AS is_near
    ), found AS MATERIALIZED (
      SELECT id FROM users
      WHERE NOT (SELECT is_near FROM first_choice) AND ${contains}
        AND text_parts(${text}, 1, 2, 3) @> text_parts(lower(${search}), ${partLength})
      LIMIT ${MAX_FOUND + 1}
    ), choice AS MATERIALIZED (
      SELECT is_near, NOT is_near AND (SELECT count(*) FROM found) <= ${MAX_FOUND} AS are_few FROM first_choice
    )
    SELECT * FROM (
      (SELECT * FROM near_page WHERE (SELECT is_near FROM choice))
      UNION ALL (${readPage(ofFound)})
      UNION ALL (${readPage(readMemberships(filters), `AND ${contains}`, 'NOT (SELECT is_near OR are_few FROM choice)')})
    ) AS members ORDER BY "membershipId" LIMIT $3`;
}

/** $1 tenant, $2 user, $3 status; during a pending deletion, the status to restore. No row if it is unchanged. */
export const SET_STATUS = `
  UPDATE memberships SET
    status = CASE status WHEN 'leaving' THEN status ELSE $3 END,
    status_before_leaving = CASE status WHEN 'leaving' THEN $3 END
  WHERE tenant_id = $1 AND user_id = $2 AND COALESCE(status_before_leaving, status) <> $3`;

/** $1 tenant, $2 user, $3 role, $4 department, $5 assigned agents, each null for no change; $6 true: no department. */
export const UPDATE_MEMBER = `
  UPDATE memberships SET
    role_id = COALESCE($3::uuid, role_id),
    department_id = CASE WHEN $6::boolean THEN NULL ELSE COALESCE($4::uuid, department_id) END,
    assigned_agents = COALESCE($5::text[], assigned_agents)
  WHERE tenant_id = $1 AND user_id = $2`;

/** $1 tenant, $2 user, $3 the teams in which the member stays. */
export const LEAVE_OTHER_TEAMS = `
  DELETE FROM team_members tm USING memberships m
  WHERE tm.tenant_id = $1 AND m.tenant_id = $1 AND m.user_id = $2 AND tm.membership_id = m.id
    AND tm.team_id <> ALL ($3::uuid[])`;

/** $1 tenant, $2 user, $3 teams */
export const JOIN_TEAMS = `
  INSERT INTO team_members (tenant_id, team_id, membership_id)
  SELECT m.tenant_id, team.id, m.id FROM memberships m, unnest($3::uuid[]) AS team (id)
  WHERE m.tenant_id = $1 AND m.user_id = $2
  ON CONFLICT DO NOTHING`;
