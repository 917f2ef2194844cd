import type { Statement } from '../../database/queries.js';
import { LIVE, NEXT_VERSION, STATE_COLUMNS, STATE_JOINS } from './session-state.js';

/**
 * $1 id, $2 user, $3 the caller's token version, $4 whether the session counts as multi-factor from now on, or null to
 * leave it unchanged. Adds a successor pair to the session and invalidates an earlier unused one. No row if the session
 * ended or the caller's token no longer belongs to its current pair.
 */
export const REISSUE_SESSION: Statement = {
  name: 'reissue-session',
  text: `
    WITH s AS (
      UPDATE sessions s SET successor_version = ${NEXT_VERSION}, methods = CASE $4::boolean
        WHEN true THEN methods || ARRAY(SELECT unnest(ARRAY['otp', 'mfa']) EXCEPT SELECT unnest(methods))
        WHEN false THEN array_remove(methods, 'mfa')
        ELSE methods END
      WHERE s.id = $1 AND s.user_id = $2 AND s.token_version = $3 AND ${LIVE}
      RETURNING s.*
    )
    SELECT s.renewable_by_access_token, ${STATE_COLUMNS} FROM s ${STATE_JOINS}`,
};

/**
 * $1 id, $2 the version of the successor pair. Of any number of parallel calls, exactly one gets a row: the successor
 * pair becomes the current one and all older versions become invalid. Without `rotated_at`, no token is within the
 * refresh grace period.
 */
export const ACTIVATE_SUCCESSOR: Statement = {
  name: 'activate-session-successor',
  text: `
    UPDATE sessions s SET token_version = $2, refresh_version = $2, successor_version = NULL, generation = 0,
      rotated_at = NULL
    WHERE s.id = $1 AND s.successor_version = $2 AND ${LIVE}
    RETURNING s.id`,
};

/**
 * $1 tenant. Refresh tokens stay valid, except those of an unused successor pair. Rows are locked in the order of their
 * ids, as everywhere.
 */
export const END_ACCESS_TOKENS_WITHOUT_FACTOR = `
  UPDATE sessions SET token_version = ${NEXT_VERSION}, successor_version = NULL
  WHERE id IN (
    SELECT s.id FROM sessions s WHERE s.tenant_id = $1 AND ${LIVE} AND NOT EXISTS (
      SELECT 1 FROM totp_factors f WHERE f.user_id = s.user_id AND f.confirmed_at IS NOT NULL)
    ORDER BY s.id FOR NO KEY UPDATE)`;
