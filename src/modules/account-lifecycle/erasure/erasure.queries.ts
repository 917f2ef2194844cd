/** $1 limit. */
export const FIND_DUE = 'SELECT id FROM users WHERE deletion_at <= now() ORDER BY deletion_at LIMIT $1';

/** $1 user. No row if another instance has locked the user or the account was restored. */
export const LOCK_DUE = `
  SELECT id, avatar, email, email_verified_at IS NOT NULL AS "emailProven",
    phone, phone_verified_at IS NOT NULL AS "phoneProven"
  FROM users WHERE id = $1 AND deletion_at <= now() FOR UPDATE SKIP LOCKED`;

/** $1 user, $2 their tenants. Deletes the tenants without any other member; closed accounts do not count. */
export const DELETE_EMPTY_TENANTS = `
  WITH empty AS (
    SELECT t.id FROM tenants t
    WHERE t.id = ANY ($2::uuid[]) AND NOT EXISTS (
      SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id AND u.status <> 'closed'
      WHERE m.tenant_id = t.id AND m.user_id <> $1)
  ), links AS (
    DELETE FROM one_time_secrets WHERE subject_id IN (
      SELECT i.id FROM invitations i JOIN empty ON empty.id = i.tenant_id)
  )
  DELETE FROM tenants WHERE id IN (SELECT id FROM empty) RETURNING id`;

/**
 * $1 user, $2 verified e-mail or null, $3 verified phone or null. A merely claimed identifier may belong to someone
 * else, as do the invitations sent to it.
 */
export const DELETE_RECEIVED_INVITATIONS =
  'DELETE FROM invitations WHERE accepted_by = $1 OR email = $2 OR phone = $3';

/** $1 user, $2 e-mail or null. Sign-up tickets stay: they belong to whichever client verified the address. */
export const DELETE_SECRETS = `
  DELETE FROM one_time_secrets
  WHERE subject_id = $1 OR (purpose <> 'signup' AND data ->> 'email' = $2)
    OR subject_id IN (
      SELECT id FROM invitations WHERE invited_by = $1 UNION ALL SELECT id FROM email_changes WHERE user_id = $1)`;

/** $1 user. The foreign keys delete or null every reference to the user. */
export const DELETE_PERSON = 'DELETE FROM users WHERE id = $1';
