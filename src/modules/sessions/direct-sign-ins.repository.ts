import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { SessionState } from '../../common/actor.js';
import type { Identifier } from '../../common/identifiers.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import { insertEventsOfNoTenant } from '../audit/audit-events.repository.js';
import {
  recordVerifiedCodes,
  valuesOfVerifiedCodes,
  type VerifiedCodes,
} from '../messaging/spending/sms-spending.repository.js';
import { type NewSession, type StateRow, toSessionState } from './session-state.js';
import { STATE_COLUMNS, STATE_JOINS } from './session-states.repository.js';
import { AUDIT_COLUMNS, type SessionLimits } from './sessions.repository.js';

/** A sign-in whose password was right. */
export interface PasswordProof extends NewSession {
  /** It must still be the person's. */
  hash: string;
}

/** A sign-in whose one-time code was right. */
export interface CodeProof {
  identifier: Identifier;
  challengeId: string;
  /** Null if the code was not sent by SMS. */
  codes: VerifiedCodes | null;
  /** For the audit trail. */
  detail: object;
}

/**
 * Sign-ins that need nothing but a session, each in one statement that commits by itself: of a person without second
 * factor, from a known device. `admit_sign_in` says when. Every other one returns null and has changed nothing; it is for
 * a transaction, which also says what is wrong with it.
 */
@Injectable()
export class DirectSignInsRepository {
  constructor(private readonly database: Database) {}

  byPassword(
    proof: PasswordProof,
    origin: RequestOrigin,
    limits: SessionLimits,
  ): Promise<SessionState | null> {
    const { userId, tenantId, hash, methods, renewableByAccessToken = false } = proof;
    const admission = [userId, null, null, hash, tenantId, false];
    const session = { methods, renewableByAccessToken, challengeId: null };
    return this.open(BY_PASSWORD, admission, session, origin, limits, []);
  }

  /** Also consumes the code. Opens the tenant that the person used last. */
  byCode(proof: CodeProof, origin: RequestOrigin, limits: SessionLimits): Promise<SessionState | null> {
    const { identifier, challengeId, codes, detail } = proof;
    const admission = [null, identifier.kind, identifier.value, null, null, true];
    const session = { methods: ['otp'], renewableByAccessToken: false, challengeId };
    const rest = [newId(), detail, ...valuesOfVerifiedCodes(codes)];
    return this.open(BY_CODE, admission, session, origin, limits, rest);
  }

  private async open(
    statement: Statement,
    admission: unknown[],
    session: { methods: string[]; renewableByAccessToken: boolean; challengeId: string | null },
    { address, userAgent, requestId, inCookie = false }: RequestOrigin,
    { idleSeconds, absoluteSeconds, maxPerUser }: SessionLimits,
    rest: unknown[],
  ): Promise<SessionState | null> {
    const { methods, renewableByAccessToken, challengeId } = session;
    const values = [
      ...[...admission, userAgent, maxPerUser, challengeId, newId(), methods, address],
      ...[idleSeconds, absoluteSeconds, newId(), requestId, renewableByAccessToken, inCookie, ...rest],
    ];
    return toSessionState(await this.database.autocommitAcrossTenants.one<StateRow>(statement, values));
  }
}

/**
 * $1 user or null, $2 kind and $3 value of the identifier, $4 hash, or null for a sign-in without password, $5 tenant or
 * null, $6 whether to find one, $7 user agent, $8 sessions per user, $9 challenge or null; $10 session, $11 methods, $12
 * address, $13 idle seconds, $14 absolute seconds, $15 audit id, $16 request id, $17 whether its access token renews it,
 * $18 whether its refresh token is in a cookie. `also` are further parts, with parameters from $19.
 */
const openDirectly = (name: string, also = '', read = ''): Statement => ({
  name,
  text: `
    WITH admission AS MATERIALIZED (
      SELECT * FROM admit_sign_in($1::uuid, $2, $3, $4, $5::uuid, $6, $7, $8, $9::uuid) WHERE admitted
    ), s AS (
      INSERT INTO sessions (id, user_id, tenant_id, methods, user_agent, address, idle_expires_at, expires_at,
        renewable_by_access_token, in_cookie)
      SELECT $10::uuid, user_id, tenant_id, $11::text[], $7, $12::text,
        now() + make_interval(secs => LEAST($13::float8, $14::float8)), now() + make_interval(secs => $14::float8),
        $17::boolean, $18::boolean
      FROM admission
      RETURNING *
    ), used AS (
      UPDATE memberships m SET last_used_at = now() FROM admission a
      WHERE m.tenant_id = a.tenant_id AND m.user_id = a.user_id
    ), audited AS (
      INSERT INTO audit_events ${AUDIT_COLUMNS}
      SELECT $15::uuid, s.tenant_id, 'user', s.user_id, 'session.created', 'success', 'session', s.id,
        $12, $7, $16::text, jsonb_strip_nulls(jsonb_build_object('methods', s.methods, 'ended', to_jsonb(a.ended)))
      FROM s, admission a
    )${also}
    SELECT ${STATE_COLUMNS} FROM s ${STATE_JOINS} ${read}`,
});

const IF_ADMITTED = 'EXISTS (SELECT FROM admission)';

const BY_PASSWORD = openDirectly('sign-in-by-password');

/** $19 audit id, $20 its detail, $21 to $24 as `valuesOfVerifiedCodes`. */
const BY_CODE = openDirectly(
  'sign-in-by-code',
  `, verification AS (
    ${insertEventsOfNoTenant(`
      SELECT $19::uuid, NULL::uuid, 'anonymous', NULL::uuid, 'otp.verified', 'success', NULL, NULL::uuid, $12, $7, $16,
        $20::jsonb FROM admission`)}
  ), ${recordVerifiedCodes(21, IF_ADMITTED)}`,
  'LEFT JOIN counted_codes ON true',
);
