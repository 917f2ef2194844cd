import { Injectable } from '@nestjs/common';
import type { Actor, SessionState } from '../../common/actor.js';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import type { TenantTransaction, Transaction } from '../../database/transaction.js';
import { type StateRow, toSessionState } from './session-state.js';
import { LIVE, NEXT_VERSION, STATE_COLUMNS, STATE_JOINS } from './session-states.repository.js';

/** Token pairs that replace the present pair of a session at their first use. */
@Injectable()
export class SessionReissueRepository {
  constructor(private readonly database: Database) {}

  /**
   * Adds a successor pair to the session and invalidates an earlier unused one. `isMultiFactor` sets whether the session
   * counts as multi-factor from now on; null leaves it unchanged. Null if the session ended or the caller's token no
   * longer belongs to its current pair.
   */
  async addSuccessor(
    tx: Transaction,
    { userId, session: { sessionId, tokenVersion } }: Actor,
    isMultiFactor: boolean | null,
  ): Promise<{ state: SessionState; isRenewableByAccessToken: boolean } | null> {
    const row = await tx.one<StateRow & { isRenewableByAccessToken: boolean }>(REISSUE_SESSION, [
      sessionId,
      userId,
      tokenVersion,
      isMultiFactor,
    ]);
    const state = toSessionState(row);
    return row && state && { state, isRenewableByAccessToken: row.isRenewableByAccessToken };
  }

  /**
   * Makes the successor pair the current one; all older versions become invalid. Of any number of parallel calls, exactly
   * one returns true. A statement by itself.
   */
  async activateSuccessor(sessionId: string, version: number | null): Promise<boolean> {
    const sessions = this.database.autocommitAcrossTenants;
    return (await sessions.execute(ACTIVATE_SUCCESSOR, [sessionId, version])) > 0;
  }

  /**
   * Invalidates the access tokens of the tenant's sessions whose user has no second factor, and their unused successor
   * pairs, except those of operators, of whom none is asked. Locks the sessions in the order of their ids, as everywhere.
   */
  async endAccessTokensWithoutFactor(tx: TenantTransaction): Promise<void> {
    await tx.execute(END_ACCESS_TOKENS_WITHOUT_FACTOR, [tx.tenantId]);
  }
}

/**
 * $1 id, $2 user, $3 the caller's token version, $4 whether the session counts as multi-factor from now on, or null to
 * leave it unchanged. Adds a successor pair to the session and invalidates an earlier unused one. No row if the session
 * ended or the caller's token no longer belongs to its current pair.
 */
const REISSUE_SESSION: Statement = {
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
    SELECT s.renewable_by_access_token AS "isRenewableByAccessToken", ${STATE_COLUMNS} FROM s ${STATE_JOINS}`,
};

/**
 * $1 id, $2 the version of the successor pair. Of any number of parallel calls, exactly one gets a row: the successor
 * pair becomes the current one and all older versions become invalid. Without `rotated_at`, no token is within the
 * refresh grace period.
 */
const ACTIVATE_SUCCESSOR: Statement = {
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
const END_ACCESS_TOKENS_WITHOUT_FACTOR = `
  UPDATE sessions SET token_version = ${NEXT_VERSION}, successor_version = NULL
  WHERE id IN (
    SELECT s.id FROM sessions s WHERE s.tenant_id = $1 AND s.operator_id IS NULL AND ${LIVE} AND NOT EXISTS (
      SELECT 1 FROM totp_factors f WHERE f.user_id = s.user_id AND f.confirmed_at IS NOT NULL)
    ORDER BY s.id FOR NO KEY UPDATE)`;
