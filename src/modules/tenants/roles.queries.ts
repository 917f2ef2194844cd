const ROLE = `
  SELECT r.id, r.key, r.name, r.level, r.permissions, r.created_at AS "createdAt",
    (SELECT count(*)::int FROM memberships m JOIN users u ON u.id = m.user_id AND u.status = 'active'
     WHERE m.tenant_id = r.tenant_id AND m.role_id = r.id) AS "memberCount"
  FROM roles r`;

/** $1 tenant, $2 role */
export const FIND_ROLE = `${ROLE} WHERE r.tenant_id = $1 AND r.id = $2`;

/** $1 tenant, $2 the last role of the previous page, or null, $3 limit. */
export const LIST_ROLES = `
  ${ROLE} WHERE r.tenant_id = $1 AND ($2::uuid IS NULL OR r.id > $2) ORDER BY r.id LIMIT $3`;

/** $1 tenant */
export const COUNT_ROLES = 'SELECT count(*)::int AS roles FROM roles WHERE tenant_id = $1';

/** $1 tenant, $2 id, $3 key, $4 name, $5 level, $6 permissions. Returns no row if the key is taken. */
export const INSERT_ROLE = `
  INSERT INTO roles (tenant_id, id, key, name, level, permissions) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (tenant_id, key) DO NOTHING RETURNING 1`;

/** $1 tenant, $2 role, $3 name, $4 level, $5 permissions; null for no change. */
export const UPDATE_ROLE = `
  UPDATE roles SET name = COALESCE($3, name), level = COALESCE($4, level), permissions = COALESCE($5, permissions)
  WHERE tenant_id = $1 AND id = $2`;

const OPEN_INVITATION = 'i.accepted_at IS NULL AND i.revoked_at IS NULL';

/** $1 tenant, $2 role */
export const IS_ROLE_IN_USE = `
  SELECT EXISTS (SELECT 1 FROM memberships WHERE tenant_id = $1 AND role_id = $2)
    OR EXISTS (SELECT 1 FROM departments WHERE tenant_id = $1 AND role_id = $2)
    OR EXISTS (SELECT 1 FROM invitations i WHERE i.tenant_id = $1 AND i.role_id = $2 AND ${OPEN_INVITATION}) AS in_use`;

/** $1 tenant, $2 role, $3 replacement. Accepted and revoked invitations lose the role when it is deleted. */
export const MOVE_INVITATIONS = `
  UPDATE invitations i SET role_id = $3 WHERE i.tenant_id = $1 AND i.role_id = $2 AND ${OPEN_INVITATION}`;

/** $1 tenant, $2 role, $3 replacement. */
export const MOVE_MEMBERS = 'UPDATE memberships SET role_id = $3 WHERE tenant_id = $1 AND role_id = $2';

/** $1 tenant, $2 role, $3 replacement. */
export const MOVE_DEPARTMENTS = 'UPDATE departments SET role_id = $3 WHERE tenant_id = $1 AND role_id = $2';

/** $1 tenant, $2 role */
export const DELETE_ROLE = 'DELETE FROM roles WHERE tenant_id = $1 AND id = $2';
