/**
 * NIST SP 800-63B-4 §3.2.2: at so many consecutive failures the authenticator is off, and so are its recovery codes at as
 * many of their own. A recovered password turns both on again, and a recovery code the authenticator.
 */
export const MAX_CONSECUTIVE_FAILURES = 100;

/** $1 user, $2 encrypted seed. No row: there is a confirmed factor, which stays. */
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

/** $1 user, $2 step, $3 encrypted seed. The factor is confirmed with the step: the enrolment's code is used up. */
export const CONFIRM_FACTOR = `
  UPDATE totp_factors SET confirmed_at = now(), last_step = $2, seed_encrypted = $3
  WHERE user_id = $1 AND confirmed_at IS NULL
  RETURNING 1`;

/**
 * $1 user, $2 step, $3 encrypted seed. RFC 6238 §5.2: of any number of parallel calls with one step, or an older one,
 * one gets a row.
 */
export const ACCEPT_STEP = `
  UPDATE totp_factors SET last_step = $2, consecutive_failures = 0, seed_encrypted = $3
  WHERE user_id = $1 AND last_step < $2 AND confirmed_at IS NOT NULL
    AND consecutive_failures < ${MAX_CONSECUTIVE_FAILURES}
  RETURNING 1`;
