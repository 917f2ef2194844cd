/** $1 user, $2 locked tenants. Whether the user has joined another tenant meanwhile. */
export const HAS_JOINED_ANOTHER = `
  SELECT EXISTS (SELECT 1 FROM memberships WHERE user_id = $1 AND tenant_id <> ALL ($2::uuid[])) AS elsewhere`;

/**
 * $1 user. Slugs of the tenants with other members in which this user is the last active top-level member. Members
 * whose deletion is pending count as other members, because they may restore their accounts and then need an owner.
 */
export const FIND_LEFT_WITHOUT_OWNER = `
  WITH top AS (
    SELECT m.tenant_id, m.user_id FROM memberships m
    JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
    JOIN users u ON u.id = m.user_id AND u.status = 'active'
    WHERE m.status = 'active' AND r.level = (SELECT max(level) FROM roles WHERE tenant_id = m.tenant_id)
      AND m.tenant_id IN (SELECT tenant_id FROM memberships WHERE user_id = $1)
  )
  SELECT t.slug FROM top own JOIN tenants t ON t.id = own.tenant_id
  WHERE own.user_id = $1
    AND NOT EXISTS (SELECT 1 FROM top o WHERE o.tenant_id = own.tenant_id AND o.user_id <> $1)
    AND EXISTS (SELECT 1 FROM memberships o JOIN users u ON u.id = o.user_id AND u.status <> 'closed'
                WHERE o.tenant_id = own.tenant_id AND o.user_id <> $1)
  ORDER BY t.slug`;

/** $1 user, $2 seconds in which the account can be restored. */
export const MARK_LEAVING = `
  UPDATE users SET status = 'leaving', deletion_at = now() + make_interval(secs => $2), updated_at = now()
  WHERE id = $1 AND status = 'active' RETURNING deletion_at`;

/** $1 user. */
export const HIDE_MEMBERSHIPS = `
  UPDATE memberships SET status_before_leaving = status, status = 'leaving' WHERE user_id = $1 AND status <> 'leaving'`;

/** $1 user. Revokes temp tokens of pending sign-ins and tokens of trusted devices, whose subjects are these rows. */
export const REVOKE_SECRETS_OF_SIGN_INS = `
  UPDATE one_time_secrets SET used_at = now()
  WHERE used_at IS NULL AND purpose IN ('second-factor', 'trusted-device') AND subject_id IN (
    SELECT id FROM pending_sign_ins WHERE user_id = $1 UNION ALL SELECT id FROM trusted_devices WHERE user_id = $1)`;

/** $1 user. */
export const REVOKE_API_KEYS =
  'UPDATE api_keys SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL';

/** $1 user. */
export const REMOVE_DEVICES = 'DELETE FROM trusted_devices WHERE user_id = $1';

/** $1 user. No row if no deletion is pending: never requested, already cancelled, or due. */
export const LOCK_LEAVING = `
  SELECT id, email, phone, first_name AS "firstName" FROM users
  WHERE id = $1 AND status = 'leaving' AND deletion_at > now() FOR NO KEY UPDATE`;

/** $1 user. */
export const MARK_ACTIVE = `
  UPDATE users SET status = 'active', deletion_at = NULL, updated_at = now() WHERE id = $1`;

/** $1 user. */
export const RESTORE_MEMBERSHIPS = `
  UPDATE memberships SET status = status_before_leaving, status_before_leaving = NULL
  WHERE user_id = $1 AND status = 'leaving' RETURNING tenant_id`;
