import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { Actor, SessionState } from '../../common/actor.js';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import { type StateRow, toSessionState } from './session-state.js';
import { isTooOld, NEXT_VERSION, STATE_COLUMNS, STATE_JOINS } from './session-states.repository.js';
import { AUDIT_COLUMNS } from './sessions.repository.js';

/** Whether the session was switched, and what kept it from it. */
export interface SwitchResult {
  /** After the switch; null if the session was not switched. */
  state: SessionState | null;
  /** The user is an active member of the target tenant. */
  isMember: boolean;
  isEnrolmentRequired: boolean | null;
  isFactorRequired: boolean | null;
  isTooOld: boolean;
}

/** The switch of a session to another tenant of its user. */
@Injectable()
export class SessionSwitchRepository {
  constructor(private readonly database: Database) {}

  /**
   * One statement by itself: of any number of parallel calls with one token version, exactly one switches the session
   * and invalidates its tokens.
   */
  async switch(
    { userId, session: { sessionId, tokenVersion }, origin }: Actor,
    tenantId: string,
    idleSeconds: number,
  ): Promise<SwitchResult> {
    const values = [sessionId, tokenVersion, userId, tenantId, idleSeconds, newId()];
    const row = await this.database.autocommitAcrossTenants.one<Switched>(SWITCH_SESSION, [
      ...values,
      origin.address,
      origin.userAgent,
      origin.requestId,
    ]);
    if (!row) throw new Error('A switch returns a row in any case');
    return { ...row, state: row.session_id === null ? null : toSessionState(row as StateRow) };
  }
}

/** The columns of the session are null if it was not switched. */
type Switched = Omit<SwitchResult, 'state'> & { [Column in keyof StateRow]: StateRow[Column] | null };

/**
 * $1 id, $2 the caller's token version, $3 user, $4 the target tenant, $5 idle seconds, $6 audit id, $7 address, $8
 * user agent, $9 request id. The
 * membership is locked before the session, as in every statement that removes a membership. Without `rotated_at`, the
 * old refresh token is outside the grace period (ASSESS_REFRESH). A session opened on a trusted device has no 'otp'
 * among its methods. A session that exceeds the tenant's lifetime is not switched.
 */
const SWITCH_SESSION: Statement = {
  name: 'switch-session',
  text: `
    WITH target AS (
      SELECT m.id, t.session_lifetime_seconds, t.require_two_factor AND f.user_id IS NULL AS enrolment_required,
        f.user_id IS NOT NULL AND NOT t.allow_trusted_devices AND EXISTS (
          SELECT 1 FROM sessions o WHERE o.id = $1 AND NOT 'otp' = ANY(o.methods)) AS factor_required
      FROM memberships m
      JOIN tenants t ON t.id = m.tenant_id AND t.status = 'active'
      LEFT JOIN totp_factors f ON f.user_id = m.user_id AND f.confirmed_at IS NOT NULL
      WHERE m.tenant_id = $4 AND m.user_id = $3 AND m.status = 'active'
      FOR NO KEY UPDATE OF m
    ), s AS (
      UPDATE sessions SET tenant_id = $4, token_version = ${NEXT_VERSION}, successor_version = NULL,
        generation = generation + 1, rotated_at = NULL, last_used_at = now(),
        idle_expires_at = LEAST(now() + make_interval(secs => $5::float8), expires_at)
      FROM target t
      WHERE sessions.id = $1 AND sessions.user_id = $3 AND token_version = $2
        AND revoked_at IS NULL AND idle_expires_at > now() AND NOT ${isTooOld('sessions.created_at')}
        AND NOT t.enrolment_required AND NOT t.factor_required
      RETURNING sessions.*
    ), used AS (
      UPDATE memberships SET last_used_at = now() FROM s WHERE memberships.tenant_id = $4 AND memberships.user_id = $3
    ), audited AS (
      INSERT INTO audit_events ${AUDIT_COLUMNS}
      SELECT $6, s.tenant_id, 'user', s.user_id, 'session.switched', 'success', 'session', s.id, $7, $8, $9, '{}'
      FROM s
    )
    SELECT EXISTS (SELECT 1 FROM target) AS "isMember", (SELECT enrolment_required FROM target) AS "isEnrolmentRequired",
      (SELECT factor_required FROM target) AS "isFactorRequired",
      EXISTS (SELECT 1 FROM target t, sessions o WHERE o.id = $1 AND ${isTooOld('o.created_at')}) AS "isTooOld",
      ${STATE_COLUMNS}
    FROM (SELECT) AS one LEFT JOIN (s ${STATE_JOINS}) ON true`,
};
