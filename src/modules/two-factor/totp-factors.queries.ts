/**
 * NIST SP 800-63B-4 §3.2.2: this many consecutive failures disable the authenticator; recovery codes have a separate
 * count with the same limit. A password recovery re-enables both, a recovery code the authenticator.
 */
export const MAX_CONSECUTIVE_FAILURES = 100;

/** $1 user, $2 encrypted seed. No row if a confirmed factor exists, which stays unchanged. */
export const ENROL_FACTOR = `
  INSERT INTO totp_factors (user_id, seed_encrypted) VALUES ($1, $2)
  ON CONFLICT (user_id) DO UPDATE SET seed_encrypted = $2, last_step = 0, consecutive_failures = 0,
    recovery_code_failures = 0, created_at = now()
  WHERE totp_factors.confirmed_at IS NULL
  RETURNING 1`;

/** $1 user. */
export const READ_FACTOR = `
  SELECT seed_encrypted AS "seedEncrypted", confirmed_at IS NOT NULL AS "isConfirmed"
  FROM totp_factors WHERE user_id = $1`;

/**
 * $1 user, $2 step, $3 encrypted seed. Confirms the factor and records the step, so that the enrolment code cannot be
 * used again.
 */
export const CONFIRM_FACTOR = `
  UPDATE totp_factors SET confirmed_at = now(), last_step = $2, seed_encrypted = $3
  WHERE user_id = $1 AND confirmed_at IS NULL
  RETURNING 1`;

/**
 * $1 user, $2 step, $3 encrypted seed. RFC 6238 §5.2: a step is accepted once, and none at or below the last. Of any
 * number of parallel calls with one step, one gets a row.
 */
export const ACCEPT_STEP = `
  UPDATE totp_factors SET last_step = $2, consecutive_failures = 0, seed_encrypted = $3
  WHERE user_id = $1 AND last_step < $2 AND confirmed_at IS NOT NULL
    AND consecutive_failures < ${MAX_CONSECUTIVE_FAILURES}
  RETURNING 1`;
