import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { SessionState } from '../../common/actor.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import { countRefresh, REFRESH_MOVED } from './refresh-count.js';
import type { RefreshClaims } from './refresh-tokens.service.js';
import { type StateRow, toSessionState } from './session-state.js';
import { isTooOld, LIVE, STATE_COLUMNS, STATE_JOINS } from './session-states.repository.js';
import { AUDIT_COLUMNS } from './sessions.repository.js';

/** A refresh token that was presented. The id becomes that of the audit event, if the session rotates. */
export interface Presented {
  auditId: string;
  claims: RefreshClaims;
  origin: RequestOrigin;
}

/** What became of a refresh token that rotated nothing. */
export interface RefreshAssessment {
  /** Null as for `toSessionState`. */
  state: SessionState | null;
  isLive: boolean;
  /** It would rotate the session now. */
  isExchangeable: boolean;
  /** It was exchanged a moment ago: the present token is its successor. */
  isInGrace: boolean;
  /** A replay. */
  isSuperseded: boolean;
}

/** Rotation of sessions and renewal of access tokens, in statements that each commit by themselves. */
@Injectable()
export class SessionRotationRepository {
  constructor(private readonly database: Database) {}

  /**
   * Advances sessions to their next generation, and records it. Returns the states of those that rotated, by audit id. Of
   * any number of parallel calls for one generation, exactly one rotates it. Skips sessions that another transaction has
   * locked, so they do not delay the others.
   */
  rotate(presented: Presented[], idleSeconds: number): Promise<Map<string, SessionState>> {
    return this.run(ROTATE_SESSIONS, presented, idleSeconds);
  }

  /** As `rotate`, but waits for the lock on the session. */
  async rotateLocked(
    presented: Omit<Presented, 'auditId'>,
    idleSeconds: number,
  ): Promise<SessionState | null> {
    const auditId = newId();
    const rotated = await this.run(ROTATE_LOCKED_SESSION, [{ ...presented, auditId }], idleSeconds);
    return rotated.get(auditId) ?? null;
  }

  /** Null if there is no such session, or its user is not active. */
  async assess({ sid, ver, gen }: RefreshClaims, graceSeconds: number): Promise<RefreshAssessment | null> {
    const values = [sid, ver, gen, graceSeconds];
    const row = await this.database.autocommitAcrossTenants.one<StateRow & Omit<RefreshAssessment, 'state'>>(
      ASSESS_REFRESH,
      values,
    );
    return row && { ...row, state: toSessionState(row) };
  }

  /**
   * Extends the session, leaves its tokens unchanged, and records it. Null if the session ended, has another token
   * version, or was opened with a refresh token.
   */
  async renew(
    { sessionId, tokenVersion }: Pick<SessionState, 'sessionId' | 'tokenVersion'>,
    { address, userAgent, requestId }: RequestOrigin,
    idleSeconds: number,
  ): Promise<SessionState | null> {
    const values = [sessionId, tokenVersion, idleSeconds, newId(), address, userAgent, requestId];
    return toSessionState(await this.database.autocommitAcrossTenants.one<StateRow>(RENEW_SESSION, values));
  }

  private async run(
    statement: Statement,
    presented: Presented[],
    idleSeconds: number,
  ): Promise<Map<string, SessionState>> {
    const rows = await this.database.autocommitAcrossTenants.many<StateRow & { auditId: string }>(statement, [
      presented.map(({ claims }) => claims.sid),
      presented.map(({ claims }) => claims.ver),
      presented.map(({ claims }) => claims.gen),
      presented.map(({ auditId }) => auditId),
      presented.map(({ origin }) => origin.address),
      presented.map(({ origin }) => origin.userAgent),
      presented.map(({ origin }) => origin.requestId),
      idleSeconds,
    ]);
    const states = rows.map((row) => [row.auditId, toSessionState(row)] as const);
    return new Map(states.filter((entry): entry is [string, SessionState] => entry[1] !== null));
  }
}

/** Over `sessions`: the refresh token is the current one, or the first one of the successor pair. */
const isExchangeable = (version: string, generation: string): string => `(
  ${version} = refresh_version AND ${generation} = generation OR ${version} = successor_version AND ${generation} = 0)`;

const IS_PRESENTED = isExchangeable('presented_version', 'presented_generation');

/**
 * $1 ids, $2 presented versions, $3 presented generations, $4 audit ids, $5 addresses, $6 user agents, $7 request ids,
 * in matching order; $8 idle seconds. Returns the states of the sessions that rotated, by audit id. The statement locks
 * a session before it evaluates it, so of any number of parallel calls for one generation exactly one rotates. The
 * first token of the successor pair makes that pair the current one and invalidates every older version. While the tenant
 * is suspended nothing rotates: otherwise the client, which gets no successor, would be a replay once it is restored.
 */
const rotate = (name: string, onLocked: 'SKIP LOCKED' | ''): Statement => ({
  name,
  text: `
    WITH presented AS (
      SELECT * FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::uuid[], $5::text[], $6::text[], $7::text[])
        AS p (session_id, presented_version, presented_generation, audit_id, from_address, by_agent, request_id)
    ), held AS (
      SELECT sessions.id FROM sessions JOIN presented ON session_id = sessions.id AND ${IS_PRESENTED}
      WHERE revoked_at IS NULL AND idle_expires_at > now()
        AND NOT EXISTS (SELECT 1 FROM tenants t WHERE t.id = sessions.tenant_id
          AND (t.status <> 'active' OR ${isTooOld('sessions.created_at')}))
      FOR NO KEY UPDATE OF sessions ${onLocked}
    ), s AS (
      UPDATE sessions SET generation = presented_generation + 1, refresh_version = presented_version,
        token_version = GREATEST(token_version, presented_version),
        successor_version = NULLIF(successor_version, presented_version),
        rotated_at = now(), last_used_at = now(),
        idle_expires_at = LEAST(now() + make_interval(secs => $8::float8), expires_at),
        ${countRefresh('from_address', 'by_agent')}
      FROM presented
      WHERE sessions.id IN (SELECT id FROM held) AND session_id = sessions.id AND ${IS_PRESENTED}
      RETURNING sessions.*, audit_id, from_address, by_agent, request_id
    ), audited AS (
      INSERT INTO audit_events ${AUDIT_COLUMNS}
      SELECT audit_id, s.tenant_id, 'user', s.user_id, 'session.refreshed', 'success', 'session', s.id,
        from_address, by_agent, request_id, '{}'
      FROM s WHERE ${REFRESH_MOVED}
    )
    SELECT s.audit_id AS "auditId", ${STATE_COLUMNS} FROM s ${STATE_JOINS}`,
});

/** Skips sessions that another transaction has locked, so they do not delay the rotation of others. */
const ROTATE_SESSIONS = rotate('rotate-sessions', 'SKIP LOCKED');

/** Waits for the lock on the session. */
const ROTATE_LOCKED_SESSION = rotate('rotate-locked-session', '');

/**
 * $1 id, $2 presented version, $3 presented generation, $4 grace seconds. Classifies a refresh that rotated nothing. A
 * token replaced by a switch within the grace period may come from a client that did both at once: it is rejected, but
 * not treated as a replay. The grace period does not extend across versions. A token of a pair that was replaced before
 * its first use is superseded like one that was exchanged.
 */
const ASSESS_REFRESH: Statement = {
  name: 'assess-refresh',
  text: `
    SELECT ${STATE_COLUMNS}, ${LIVE} AS "isLive", ${isExchangeable('$2', '$3')} AS "isExchangeable",
      s.refresh_version = $2 AND s.generation = $3 + 1
        AND s.rotated_at + make_interval(secs => $4::float8) > now() AS "isInGrace",
      CASE
        WHEN $2 = s.refresh_version THEN s.generation > $3 AND NOT (
          s.generation = $3 + 1 AND s.rotated_at IS NULL AND s.last_used_at + make_interval(secs => $4::float8) > now())
        ELSE $2 < COALESCE(s.successor_version, s.token_version + 1)
      END AS "isSuperseded"
    FROM sessions s ${STATE_JOINS} WHERE s.id = $1`,
};

/**
 * $1 id, $2 the caller's token version, $3 idle seconds, $4 audit id, $5 address, $6 user agent, $7 request id. Extends
 * the session and leaves its tokens unchanged. A session that ends at the same time stays ended, and one opened with a
 * refresh token is not renewed.
 */
const RENEW_SESSION: Statement = {
  name: 'renew-session',
  text: `
    WITH s AS (
      UPDATE sessions SET last_used_at = now(),
        idle_expires_at = LEAST(now() + make_interval(secs => $3::float8), expires_at),
        ${countRefresh('$5', '$6')}
      WHERE id = $1 AND token_version = $2 AND renewable_by_access_token
        AND revoked_at IS NULL AND idle_expires_at > now()
      RETURNING *
    ), audited AS (
      INSERT INTO audit_events ${AUDIT_COLUMNS}
      SELECT $4, s.tenant_id, 'user', s.user_id, 'session.refreshed', 'success', 'session', s.id, $5, $6, $7, '{}'
      FROM s WHERE ${REFRESH_MOVED}
    )
    SELECT ${STATE_COLUMNS} FROM s ${STATE_JOINS}`,
};
