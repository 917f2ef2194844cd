import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { SessionState } from '../../common/actor.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import type { TenantTransaction, Transaction } from '../../database/transaction.js';
import { recentAddressesOf } from '../recent-addresses/recent-addresses.repository.js';
import { type EndReason, type NewSession, type StateRow, toSessionState } from './session-state.js';
import { isTooOld, LIVE, SESSION_END, STATE_COLUMNS, STATE_JOINS } from './session-states.repository.js';

export interface ListedSession {
  id: string;
  /** Null for an operator's. */
  userAgent: string | null;
  address: string | null;
  createdAt: Date;
  lastUsedAt: Date;
  expiresAt: Date;
  /** The operator whose session it is, in the place of the person. */
  impersonatedBy: string | null;
}

export interface SessionLimits {
  idleSeconds: number;
  absoluteSeconds: number;
  maxPerUser: number;
}

/** A valid id that belongs to no user, so that a null user costs the same look-up. */
const NO_USER_ID = '00000000-0000-0000-0000-000000000000';

/** The sessions of people: opened, listed and ended. */
@Injectable()
export class SessionsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Opens a session, ends the user's oldest ones over the limit and records both. The caller has locked the user, so
   * the limit is exact. `isNewDevice`: the user has had sessions before, and none with this user agent. Null if the user
   * is not an active member of the tenant.
   */
  async open(
    tx: Transaction,
    { userId, tenantId, methods, renewableByAccessToken = false }: NewSession,
    { address, userAgent, requestId, inCookie = false }: RequestOrigin,
    { idleSeconds, absoluteSeconds, maxPerUser }: SessionLimits,
  ): Promise<{ state: SessionState; isNewDevice: boolean } | null> {
    const session = [newId(), userId, tenantId, methods, userAgent, address];
    const limits = [idleSeconds, absoluteSeconds, maxPerUser];
    const values = [...session, ...limits, newId(), requestId, renewableByAccessToken, inCookie];
    const row = await tx.one<StateRow & { isNewDevice: boolean }>(OPEN_SESSION, values);
    const state = toSessionState(row);
    return row && state && { state, isNewDevice: row.isNewDevice };
  }

  /** Neither ended nor expired. */
  async isOpen(
    tx: Transaction,
    { userId, sessionId }: { userId: string; sessionId: string },
  ): Promise<boolean> {
    return (await tx.execute(IS_SESSION_OPEN, [sessionId, userId])) > 0;
  }

  /** The valid sessions of a user, newest first. A statement by itself. */
  list(userId: string): Promise<ListedSession[]> {
    return this.database.autocommitAcrossTenants.many<ListedSession>(LIST_SESSIONS, [userId]);
  }

  /** From the user's sessions of the last 30 days. None for null, after the same statement. A statement by itself. */
  async findRecentAddresses(userId: string | null): Promise<string[]> {
    const sessions = this.database.autocommitAcrossTenants;
    const rows = await sessions.many<{ address: string }>(FIND_ADDRESSES, [userId ?? NO_USER_ID]);
    return rows.map(({ address }) => address);
  }

  /** Returns false if the user has no such session, or it had ended already. */
  async endOne(
    tx: Transaction,
    { userId, sessionId }: { userId: string; sessionId: string },
    reason: EndReason,
  ): Promise<boolean> {
    return (await tx.execute(END_ONE, [reason, userId, sessionId])) > 0;
  }

  /** Returns how many ended. */
  endAll(tx: Transaction, userId: string, reason: EndReason): Promise<number> {
    return tx.execute(END_ALL, [reason, userId]);
  }

  /** All but this one. Returns how many ended. */
  endOthers(
    tx: Transaction,
    { userId, sessionId }: { userId: string; sessionId: string },
    reason: EndReason,
  ): Promise<number> {
    return tx.execute(END_OTHERS, [reason, userId, sessionId]);
  }

  /** Returns how many ended. */
  endInTenant(tx: TenantTransaction, userId: string, reason: EndReason): Promise<number> {
    return tx.execute(END_IN_TENANT, [reason, tx.tenantId, userId]);
  }
}

export const AUDIT_COLUMNS = `(id, tenant_id, actor_kind, actor_id, action, outcome, target_kind, target_id,
                        address, user_agent, request_id, detail)`;

/**
 * $1 id, $2 user, $3 tenant or null, $4 methods, $5 user agent, $6 address, $7 idle seconds, $8 absolute seconds, $9
 * sessions allowed per user, $10 audit id, $11 request id, $12 whether its access token renews it, $13 whether its
 * refresh token is in a cookie. The caller has locked the user, so the session limit is exact. No row if the user is not
 * an active member of the tenant.
 */
const OPEN_SESSION: Statement = {
  name: 'open-session',
  text: `
    WITH s AS (
      INSERT INTO sessions (id, user_id, tenant_id, methods, user_agent, address, idle_expires_at, expires_at,
        renewable_by_access_token, in_cookie)
      SELECT $1::uuid, $2::uuid, $3::uuid, $4::text[], $5, $6,
        now() + make_interval(secs => LEAST($7::float8, $8::float8)), now() + make_interval(secs => $8::float8),
        $12::boolean, $13::boolean
      WHERE $3::uuid IS NULL
        OR EXISTS (SELECT 1 FROM memberships WHERE tenant_id = $3 AND user_id = $2 AND status = 'active')
      RETURNING *
    ), oldest_ended AS (
      UPDATE sessions SET revoked_at = now(), revoked_reason = 'session_limit'
      WHERE id IN (SELECT o.id FROM sessions o
                   WHERE o.user_id = $2 AND o.operator_id IS NULL AND o.revoked_at IS NULL AND o.idle_expires_at > now()
                   ORDER BY o.created_at DESC, o.id DESC OFFSET $9 - 1)
      RETURNING id
    ), used AS (
      UPDATE memberships SET last_used_at = now() WHERE tenant_id = $3 AND user_id = $2
    ), audited AS (
      INSERT INTO audit_events ${AUDIT_COLUMNS}
      SELECT $10, s.tenant_id, 'user', s.user_id, 'session.created', 'success', 'session', s.id,
             $6, $5, $11, jsonb_strip_nulls(jsonb_build_object(
               'methods', s.methods, 'ended', (SELECT jsonb_agg(id) FROM oldest_ended))) FROM s
    )
    SELECT ${STATE_COLUMNS},
      EXISTS (SELECT 1 FROM sessions o WHERE o.user_id = $2 AND o.operator_id IS NULL)
        AND NOT EXISTS (
          SELECT 1 FROM sessions o WHERE o.user_id = $2 AND o.user_agent = $5 AND o.operator_id IS NULL)
        AND NOT ($5::text IS NULL AND EXISTS (
          SELECT 1 FROM sessions o WHERE o.user_id = $2 AND o.user_agent IS NULL AND o.operator_id IS NULL))
        AS "isNewDevice"
    FROM s ${STATE_JOINS}`,
};

/** $1 id, $2 user. */
const IS_SESSION_OPEN: Statement = {
  name: 'is-session-open',
  text: `SELECT 1 FROM sessions s WHERE s.id = $1 AND s.user_id = $2 AND ${LIVE}`,
};

/** $1 user. The valid sessions, newest first. From where an operator acts is not told. */
const LIST_SESSIONS: Statement = {
  name: 'list-sessions',
  text: `
    SELECT s.id, CASE WHEN s.operator_id IS NULL THEN s.user_agent END AS "userAgent",
      CASE WHEN s.operator_id IS NULL THEN s.address END AS address,
      s.created_at AS "createdAt", s.last_used_at AS "lastUsedAt", ${SESSION_END} AS "expiresAt",
      s.operator_id AS "impersonatedBy"
    FROM sessions s LEFT JOIN tenants t ON t.id = s.tenant_id
    WHERE s.user_id = $1 AND ${LIVE} AND NOT ${isTooOld('s.created_at')}
    ORDER BY s.created_at DESC, s.id DESC`,
};

/** $1 user. */
const FIND_ADDRESSES: Statement = {
  name: 'find-session-addresses',
  text: `SELECT DISTINCT address FROM ${recentAddressesOf('$1')} AS recent`,
};

/** $1 reason. Each of these adds what `condition` says. */
const end = (condition: string): string =>
  `UPDATE sessions SET revoked_at = now(), revoked_reason = $1 WHERE ${condition} AND revoked_at IS NULL`;

/** $2 user, $3 session. */
const END_ONE = end('user_id = $2 AND id = $3');

/** $2 user. */
const END_ALL = end('user_id = $2');

/** $2 user, $3 the session to keep. */
const END_OTHERS = end('user_id = $2 AND id <> $3');

/** $2 tenant, $3 user. */
const END_IN_TENANT = end('tenant_id = $2 AND user_id = $3');
