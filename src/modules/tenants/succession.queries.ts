import type { Identifier } from '../../common/identifiers.js';

/**
 * $1 user. In the order in which everybody locks several tenants. Whatever could take the last top-level member of one
 * away locks it first (`TenantsService.lock`).
 */
export const LOCK_TENANTS_OF = `
  SELECT t.id FROM tenants t WHERE t.id IN (SELECT tenant_id FROM memberships WHERE user_id = $1)
  ORDER BY t.id FOR NO KEY UPDATE OF t`;

/** $1 identifier, $2 another tenant, or null. Those of whoever holds the identifier without having proven it. */
export const LOCK_TENANTS_OF_CLAIMANT = (kind: Identifier['kind']) => `
  SELECT t.id FROM tenants t
  WHERE t.id = $2 OR t.id IN (
    SELECT m.tenant_id FROM memberships m JOIN users u ON u.id = m.user_id
    WHERE u.${kind} = $1 AND u.${kind}_verified_at IS NULL)
  ORDER BY t.id FOR NO KEY UPDATE OF t`;

/**
 * $1 tenants, which are locked. In each the active member of the highest level gets the top-level role, the one who
 * joined first among equals; no row for a tenant that is led, or where nobody is active.
 */
export const GIVE_TO_HEIRS = `
  WITH highest AS (
    SELECT DISTINCT ON (m.tenant_id) m.id, r.key AS role, r.level, u.email, u.first_name
    FROM memberships m
    JOIN users u ON u.id = m.user_id AND u.status = 'active'
    JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
    WHERE m.tenant_id = ANY ($1::uuid[]) AND m.status = 'active'
    ORDER BY m.tenant_id, r.level DESC, m.created_at, m.id
  ), top AS (
    SELECT DISTINCT ON (tenant_id) tenant_id, id, key, level FROM roles
    WHERE tenant_id = ANY ($1::uuid[]) ORDER BY tenant_id, level DESC, created_at, id
  )
  UPDATE memberships m SET role_id = top.id
  FROM highest, top
  WHERE m.id = highest.id AND top.tenant_id = m.tenant_id AND highest.level < top.level
  RETURNING m.tenant_id AS "tenantId", m.user_id AS "userId", highest.email, highest.first_name AS "firstName",
    highest.role AS "from", top.key AS "to"`;
