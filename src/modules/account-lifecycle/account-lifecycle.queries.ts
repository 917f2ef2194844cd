/** $1 user, $2 locked tenants. Whether the user has joined another tenant meanwhile. */
export const HAS_JOINED_ANOTHER = `
  SELECT EXISTS (SELECT 1 FROM memberships WHERE user_id = $1 AND tenant_id <> ALL ($2::uuid[])) AS elsewhere`;

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
