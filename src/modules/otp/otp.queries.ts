import type { Statement } from '../../database/database.js';

/**
 * $1 id, $2 purpose, $3 identifier hash, $4 code hash, $5 attempts, $6 expires at, $7 whether suppressed. The older code
 * is gone with it; but where nobody is to get this one, a code that is still good stays so.
 */
export const REPLACE_CHALLENGE = `
  INSERT INTO otp_challenges (id, purpose, identifier_hash, code_hash, attempts_left, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (purpose, identifier_hash) DO UPDATE SET id = $1, code_hash = $4, attempts_left = $5,
    created_at = now(), expires_at = $6, consumed_at = NULL
  WHERE NOT $7::boolean OR otp_challenges.consumed_at IS NOT NULL OR otp_challenges.attempts_left = 0
    OR otp_challenges.expires_at <= now()`;

/** $1 purpose, $2 identifier hash. No row: there is no code, or no attempt left at it. */
export const RESERVE_CODE_ATTEMPT: Statement = {
  name: 'reserve-code-attempt',
  text: `
    UPDATE otp_challenges SET attempts_left = attempts_left - 1
    WHERE purpose = $1 AND identifier_hash = $2
      AND attempts_left > 0 AND consumed_at IS NULL AND expires_at > now()
    RETURNING id, code_hash`,
};

/** $1 id */
export const RESTORE_CODE_ATTEMPT: Statement = {
  name: 'restore-code-attempt',
  text: `UPDATE otp_challenges SET attempts_left = attempts_left + 1 WHERE id = $1 AND consumed_at IS NULL`,
};

/** $1 id. One row for exactly one of any number of parallel calls. */
export const CONSUME_CHALLENGE = `
  UPDATE otp_challenges SET consumed_at = now()
  WHERE id = $1 AND consumed_at IS NULL AND expires_at > now() RETURNING id`;

/** $1 identifier hashes. */
export const REVOKE_CHALLENGES = `
  UPDATE otp_challenges SET consumed_at = now() WHERE identifier_hash = ANY ($1::bytea[]) AND consumed_at IS NULL`;
