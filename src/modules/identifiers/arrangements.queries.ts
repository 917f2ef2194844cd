/** $1 user. In every tenant, including those the user has left. */
export const REVOKE_SENT_INVITATIONS = `
  UPDATE invitations SET revoked_at = now() WHERE invited_by = $1 AND accepted_at IS NULL AND revoked_at IS NULL
  RETURNING id, tenant_id AS "tenantId"`;

/**
 * `inviter` selects one user's id. Members who joined one of the inviter's tenants by an invitation of theirs, or of
 * someone they had brought in, transitively. The invitation accepted last is the one that counts.
 */
export const BROUGHT_IN = (inviter: string): string => `
  WITH RECURSIVE inviter AS (${inviter}), entry AS (
    SELECT DISTINCT ON (i.tenant_id, i.accepted_by) i.tenant_id, i.accepted_by AS user_id, i.invited_by
    FROM invitations i
    WHERE i.accepted_at IS NOT NULL AND i.accepted_by IS NOT NULL
      AND i.tenant_id IN (SELECT tenant_id FROM memberships WHERE user_id IN (SELECT id FROM inviter))
    ORDER BY i.tenant_id, i.accepted_by, i.accepted_at DESC, i.id DESC
  ), brought AS (
    SELECT tenant_id, user_id FROM entry WHERE invited_by IN (SELECT id FROM inviter)
    UNION
    SELECT e.tenant_id, e.user_id FROM entry e
    JOIN brought b ON b.tenant_id = e.tenant_id AND b.user_id = e.invited_by
  )
  SELECT m.tenant_id, m.user_id FROM brought b
  JOIN memberships m ON m.tenant_id = b.tenant_id AND m.user_id = b.user_id
  WHERE m.user_id NOT IN (SELECT id FROM inviter)`;

/** $1 user. In the order of ids. */
export const FIND_BROUGHT_IN = `
  SELECT b.tenant_id AS "tenantId", b.user_id AS "userId", u.email, u.first_name AS "firstName"
  FROM (${BROUGHT_IN('SELECT $1::uuid AS id')}) AS b JOIN users u ON u.id = b.user_id
  ORDER BY b.user_id, b.tenant_id`;

/** $1 user. */
export const FIND_TENANTS_OF = `SELECT tenant_id AS id FROM memberships WHERE user_id = $1`;

/**
 * $1 user, $2 tenants, which are locked. Demotes members whom the user promoted, and whom no one else has changed
 * since, to their role before the promotion, as the audit trail records it.
 */
export const LOWER_RAISED_MEMBERS = `
  WITH changes AS (
    SELECT id, occurred_at, tenant_id, target_id, actor_id, detail -> 'role' ->> 'from' AS before
    FROM audit_events
    WHERE tenant_id = ANY ($2::uuid[]) AND action IN ('member.updated', 'tenant.ownership_transferred')
      AND outcome = 'success' AND detail -> 'role' IS NOT NULL
  ), undone AS (
    SELECT DISTINCT ON (c.tenant_id, c.target_id) c.tenant_id, c.target_id, c.before FROM changes c
    WHERE c.actor_id = $1 AND c.target_id <> $1 AND NOT EXISTS (
      SELECT 1 FROM changes later
      WHERE later.tenant_id = c.tenant_id AND later.target_id = c.target_id AND later.actor_id IS DISTINCT FROM $1
        AND (later.occurred_at, later.id) > (c.occurred_at, c.id))
    ORDER BY c.tenant_id, c.target_id, c.occurred_at, c.id
  )
  UPDATE memberships m SET role_id = old.id
  FROM undone
  JOIN roles old ON old.tenant_id = undone.tenant_id AND old.key = undone.before, roles raised
  WHERE m.tenant_id = undone.tenant_id AND m.user_id = undone.target_id
    AND raised.tenant_id = m.tenant_id AND raised.id = m.role_id AND raised.level > old.level
  RETURNING m.tenant_id AS "tenantId", m.user_id AS "userId", raised.key AS "from", old.key AS "to"`;

/**
 * $1 user, $2 tenants, which are locked. Gives the user the top-level role again in tenants without an active top-level
 * member: they had given it to members who are removed or demoted now.
 */
export const RESTORE_TOP_ROLE = `
  WITH top AS (
    SELECT DISTINCT ON (tenant_id) tenant_id, id, key, level FROM roles
    WHERE tenant_id = ANY ($2::uuid[]) ORDER BY tenant_id, level DESC, created_at, id
  )
  UPDATE memberships m SET role_id = top.id
  FROM top, roles old
  WHERE m.tenant_id = top.tenant_id AND m.user_id = $1 AND old.tenant_id = m.tenant_id AND old.id = m.role_id
    AND NOT EXISTS (
      SELECT 1 FROM memberships o
      JOIN users u ON u.id = o.user_id AND u.status = 'active'
      JOIN roles r ON r.tenant_id = o.tenant_id AND r.id = o.role_id
      WHERE o.tenant_id = m.tenant_id AND o.status = 'active' AND r.level = top.level)
  RETURNING m.tenant_id AS "tenantId", m.user_id AS "userId", old.key AS "from", top.key AS "to"`;
