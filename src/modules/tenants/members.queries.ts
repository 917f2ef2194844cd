/**
 * Aliases: `m` membership, `u` user, `r` role. The status of a pending deletion is the one a restoration brings back.
 */
const MEMBER = `
  SELECT m.user_id AS id, m.id AS "membershipId", u.email, u.phone, u.first_name AS "firstName",
    u.last_name AS "lastName", u.avatar, r.key AS role, r.level AS "roleLevel", m.department_id AS "departmentId",
    ARRAY(SELECT tm.team_id FROM team_members tm WHERE tm.membership_id = m.id ORDER BY tm.team_id)::text[] AS "teamIds",
    m.assigned_agents AS "assignedAgents", COALESCE(m.status_before_leaving, m.status) AS status, m.created_at AS "joinedAt"
  FROM memberships m
  JOIN users u ON u.id = m.user_id
  JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id`;

/**
 * $1 tenant, $2 user. Includes members whose deletion is pending, though LIST_MEMBERS does not: an administrator who
 * knows the id may still remove them, so that a restoration does not bring them back.
 */
export const FIND_MEMBER = `${MEMBER} WHERE m.tenant_id = $1 AND m.user_id = $2 AND u.status <> 'closed'`;

/**
 * $1 tenant, $2 the last membership of the previous page, or null, $3 limit; filters, each null for any: $4 a LIKE
 * pattern, $5 role key, $6 department, $7 status. In order of joining.
 */
export const LIST_MEMBERS = `
  ${MEMBER}
  WHERE m.tenant_id = $1 AND u.status = 'active' AND ($2::uuid IS NULL OR m.id > $2)
    AND ($4::text IS NULL OR btrim(u.first_name || ' ' || u.last_name) ILIKE $4 OR u.email ILIKE $4 OR u.phone LIKE $4)
    AND ($5::text IS NULL OR r.key = $5)
    AND ($6::uuid IS NULL OR m.department_id = $6)
    AND ($7::text IS NULL OR m.status = $7)
  ORDER BY m.id LIMIT $3`;

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
