/**
 * $1 id, $2 user, $3 old e-mail or null, $4 since when it has been held, $5 new e-mail, $6 seconds, $7 whether the
 * change is done (true) or only requested (false). Returns the row the revert link refers to: for a change requested
 * earlier, that row. No row if the old address was overruled. An address that the account holds again counts as held
 * since the first time.
 */
export const RECORD_CHANGE = `
  WITH entitled AS (
    SELECT 1 WHERE NOT EXISTS (
      SELECT 1 FROM email_changes WHERE user_id = $2 AND new_email = $3 AND overruled_at IS NOT NULL)
  ), done AS (
    UPDATE email_changes SET changed_at = now(), expires_at = now() + make_interval(secs => $6::float8)
    WHERE $7::boolean AND EXISTS (SELECT 1 FROM entitled) AND id = (
      SELECT id FROM email_changes
      WHERE user_id = $2 AND old_email IS NOT DISTINCT FROM $3::text AND new_email = $5 AND changed_at IS NULL
      ORDER BY requested_at DESC, id DESC LIMIT 1)
    RETURNING id
  ), added AS (
    INSERT INTO email_changes (id, user_id, old_email, held_since, came_by_change, new_email, changed_at, expires_at)
    SELECT $1::uuid, $2::uuid, $3::text,
      LEAST($4::timestamptz, (SELECT min(held_since) FROM email_changes
                              WHERE user_id = $2 AND old_email IS NOT DISTINCT FROM $3::text)),
      EXISTS (SELECT 1 FROM email_changes WHERE user_id = $2 AND new_email = $3 AND changed_at IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM email_changes WHERE user_id = $2 AND old_email = $3 AND NOT came_by_change),
      $5::text, CASE WHEN $7::boolean THEN now() END, now() + make_interval(secs => $6::float8)
    FROM entitled WHERE NOT EXISTS (SELECT 1 FROM done)
    RETURNING id
  )
  SELECT id FROM done UNION ALL SELECT id FROM added`;

/** $1 id. */
export const FIND_CHANGE = `
  SELECT id, user_id AS "userId", old_email AS "oldEmail", held_since AS "heldSince" FROM email_changes WHERE id = $1`;

/** $1 user, $2 start of the older claim. Returns when the first of the changes it may revert was requested. */
export const FIND_FIRST_REQUEST = `
  SELECT min(requested_at) AS "requestedAt" FROM email_changes
  WHERE user_id = $1 AND held_since >= $2 AND expires_at > now()`;

/** $1 user, $2 e-mail, $3 since when it is verified. */
export const FIND_HELD_SINCE = `
  SELECT LEAST($3::timestamptz, min(held_since)) AS "heldSince" FROM email_changes WHERE user_id = $1 AND old_email = $2`;

/** $1 user, $2 start of the older claim. Revokes its own links and those of younger claims. */
export const REVOKE_LINKS_FROM = `
  UPDATE one_time_secrets SET used_at = now()
  WHERE used_at IS NULL AND subject_id IN (SELECT id FROM email_changes WHERE user_id = $1 AND held_since >= $2)`;

/**
 * $1 user, $2 start of the older claim. Revokes links of younger claims that came from a change. The link of the
 * original address stays: it may be the owner's only recovery from what an attacker enabled.
 */
export const REVOKE_YOUNGER_LINKS = `
  UPDATE one_time_secrets SET used_at = now()
  WHERE used_at IS NULL AND subject_id IN (
    SELECT id FROM email_changes WHERE user_id = $1 AND held_since > $2 AND came_by_change)`;

/** As REVOKE_YOUNGER_LINKS, for addresses without a link yet; $3 the e-mail address of the older claim, or null. */
export const OVERRULE_YOUNGER = `
  UPDATE email_changes c SET overruled_at = now()
  WHERE c.user_id = $1 AND c.changed_at > $2 AND c.new_email IS DISTINCT FROM $3::text AND c.overruled_at IS NULL
    AND NOT EXISTS (
      SELECT 1 FROM email_changes o WHERE o.user_id = $1 AND o.old_email = c.new_email AND NOT o.came_by_change)`;
