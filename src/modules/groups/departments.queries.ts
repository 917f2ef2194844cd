/** The maximum depth of the tree; departments without a parent are level 1. */
export const MAX_LEVELS = 10;

/** $1 tenant. Callers append further conditions with `AND`. */
export const READ_DEPARTMENTS = `
  SELECT d.id, d.name, d.parent_id AS "parentId", d.created_at AS "createdAt",
    CASE WHEN r.id IS NOT NULL THEN jsonb_build_object(
      'id', r.id, 'key', r.key, 'name', r.name, 'level', r.level, 'permissions', r.permissions) END AS role
  FROM departments d LEFT JOIN roles r ON r.tenant_id = d.tenant_id AND r.id = d.role_id
  WHERE d.tenant_id = $1`;

/**
 * Checks a move: $1 tenant, $2 the department that moves, or null for a new one, $3 the new parent. Returns the level
 * of the parent (`levels`, 0 if it does not exist), the height of the subtree that moves, and whether the move makes a
 * cycle. Both recursions stop one level after the maximum.
 */
export const ASSESS_MOVE = `
  WITH RECURSIVE above AS (
    SELECT id, parent_id, 1 AS level FROM departments WHERE tenant_id = $1 AND id = $3
    UNION ALL
    SELECT d.id, d.parent_id, a.level + 1 FROM above a
    JOIN departments d ON d.tenant_id = $1 AND d.id = a.parent_id WHERE a.level <= ${MAX_LEVELS}
  ), below AS (
    SELECT id, 1 AS level FROM departments WHERE tenant_id = $1 AND id = $2
    UNION ALL
    SELECT d.id, b.level + 1 FROM below b
    JOIN departments d ON d.tenant_id = $1 AND d.parent_id = b.id WHERE b.level <= ${MAX_LEVELS}
  )
  SELECT COALESCE((SELECT max(level) FROM above), 0)::int AS levels,
    COALESCE((SELECT max(level) FROM below), 1)::int AS height,
    EXISTS (SELECT 1 FROM above WHERE id = $2) AS "isCycle"`;

/** $1 tenant, $2 parent or null, $3 name, $4 the department that may have this name, or null. */
export const IS_NAME_TAKEN = `
  SELECT 1 FROM departments
  WHERE tenant_id = $1 AND parent_id IS NOT DISTINCT FROM $2::uuid AND lower(name) = lower($3) AND id IS DISTINCT FROM $4::uuid`;

/** $1 tenant. */
export const COUNT_DEPARTMENTS = 'SELECT count(*)::int AS departments FROM departments WHERE tenant_id = $1';

/** An invitation that can still be accepted. */
const OPEN = 'accepted_at IS NULL AND revoked_at IS NULL AND expires_at > now()';

/** $1 tenant, $2 department. */
export const READ_CONTENT = `
  SELECT EXISTS (SELECT 1 FROM departments WHERE tenant_id = $1 AND parent_id = $2) AS departments,
    EXISTS (SELECT 1 FROM memberships WHERE tenant_id = $1 AND department_id = $2)
      OR EXISTS (SELECT 1 FROM invitations WHERE tenant_id = $1 AND department_id = $2 AND ${OPEN}) AS members`;

/**
 * $1 tenant, $2 department, $3 the target of the open invitations, or null: they keep the department, which then cannot
 * be deleted.
 */
export const CLEAR_INVITATIONS = `
  UPDATE invitations SET department_id = CASE WHEN ${OPEN} THEN $3::uuid END
  WHERE tenant_id = $1 AND department_id = $2 AND ($3::uuid IS NOT NULL OR NOT (${OPEN}))`;
