import type { Statement } from '../../database/queries.js';
import { reserveAttemptAt } from '../attempts/attempts.repository.js';

/**
 * $1 id, $2 purpose, $3 identifier hash, $4 code hash, or null if no code is sent, $5 attempts, $6 expires at, $7
 * whether a sending limit is reached. A code replaces any older one. Without a code, an older valid code stays valid,
 * and if a limit is reached no open challenge is replaced.
 */
export const REPLACE_CHALLENGE = `
  INSERT INTO otp_challenges (id, purpose, identifier_hash, code_hash, attempts_left, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (purpose, identifier_hash) DO UPDATE SET id = $1, code_hash = $4, attempts_left = $5,
    created_at = now(), expires_at = $6, consumed_at = NULL
  WHERE $4::bytea IS NOT NULL OR (otp_challenges.code_hash IS NULL AND NOT $7::boolean)
    OR otp_challenges.consumed_at IS NOT NULL OR otp_challenges.attempts_left = 0
    OR otp_challenges.expires_at <= now()`;

/** $8 purpose, $9 identifier hash. */
export const RESERVE_CODE_ATTEMPT = reserveAttemptAt('reserve-code-attempt', {
  find: `
    SELECT c.id FROM otp_challenges c, address
    WHERE c.purpose = $8 AND c.identifier_hash = $9
      AND c.attempts_left > 0 AND c.consumed_at IS NULL AND c.expires_at > now()
    FOR NO KEY UPDATE OF c`,
  take: `
    UPDATE otp_challenges c SET attempts_left = c.attempts_left - 1 FROM target, subject
    WHERE c.id = target.id RETURNING c.id, c.code_hash AS "codeHash"`,
});

/** $1 id */
export const RESTORE_CODE_ATTEMPT: Statement = {
  name: 'restore-code-attempt',
  text: `UPDATE otp_challenges SET attempts_left = attempts_left + 1 WHERE id = $1 AND consumed_at IS NULL`,
};

/** $1 id. Of any number of parallel calls, exactly one gets a row. */
export const CONSUME_CHALLENGE = `
  UPDATE otp_challenges SET consumed_at = now()
  WHERE id = $1 AND consumed_at IS NULL AND expires_at > now() RETURNING id`;

/** $1 identifier hashes. */
export const REVOKE_CHALLENGES = `
  UPDATE otp_challenges SET consumed_at = now() WHERE identifier_hash = ANY ($1::bytea[]) AND consumed_at IS NULL`;
