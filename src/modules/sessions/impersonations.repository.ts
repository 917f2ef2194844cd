import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { SessionState } from '../../common/actor.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { Transaction } from '../../database/transaction.js';
import { type StateRow, toSessionState } from './session-state.js';
import { STATE_COLUMNS, STATE_JOINS } from './session-states.repository.js';

/** Whom an operator stands in for, and with which session of their own. */
export interface Impersonation {
  userId: string;
  tenantId: string;
  operatorId: string;
  operatorSessionId: string;
}

export interface EndedImpersonation {
  id: string;
  tenantId: string;
}

/** Sessions of operators in the place of people. Everything that ends sessions of the person ends them, too. */
@Injectable()
export class ImpersonationsRepository {
  /** Null if the person is not an active member of the tenant, or the tenant does not let operators in. */
  async open(
    tx: Transaction,
    { userId, tenantId, operatorId, operatorSessionId }: Impersonation,
    { address, userAgent }: RequestOrigin,
    ttlSeconds: number,
  ): Promise<SessionState | null> {
    const session = [newId(), userId, tenantId, userAgent, address];
    const values = [...session, operatorId, operatorSessionId, ttlSeconds];
    return toSessionState(await tx.one<StateRow>(OPEN, values));
  }

  /** Ends those of this operator in the place of this person. */
  endAllOf(
    tx: Transaction,
    { userId, operatorId }: Pick<Impersonation, 'userId' | 'operatorId'>,
  ): Promise<EndedImpersonation[]> {
    return tx.many<EndedImpersonation>(END_ALL, [userId, operatorId]);
  }

  /** Returns whose session ended, and where; null if this operator has no such open session. */
  end(
    tx: Transaction,
    { id, operatorId }: { id: string; operatorId: string },
  ): Promise<{ userId: string; tenantId: string } | null> {
    return tx.one(END, [id, operatorId]);
  }
}

/**
 * $1 id, $2 user, $3 tenant, $4 user agent, $5 address, $6 operator, $7 the operator's session, $8 seconds. It ends with the
 * operator's session at the latest. No authentication method: nobody has proved to be the person.
 */
const OPEN = `
  WITH s AS (
    INSERT INTO sessions (id, user_id, tenant_id, methods, user_agent, address, operator_id, operator_session_id,
      idle_expires_at, expires_at)
    SELECT $1::uuid, m.user_id, m.tenant_id, '{}', $4, $5, os.operator_id, os.id, ends.at, ends.at
    FROM memberships m, operator_sessions os,
      LATERAL (SELECT LEAST(os.expires_at, now() + make_interval(secs => $8)) AS at) ends
    WHERE m.tenant_id = $3 AND m.user_id = $2 AND m.status = 'active' AND os.id = $7 AND os.operator_id = $6
    RETURNING *
  )
  SELECT ${STATE_COLUMNS} FROM s ${STATE_JOINS}`;

const OPEN_STILL = 'revoked_at IS NULL AND idle_expires_at > now()';

/** $1 user, $2 operator. */
const END_ALL = `
  UPDATE sessions SET revoked_at = now(), revoked_reason = 'impersonation_replaced'
  WHERE user_id = $1 AND operator_id = $2 AND ${OPEN_STILL} RETURNING id, tenant_id AS "tenantId"`;

/** $1 session, $2 operator. */
const END = `
  UPDATE sessions SET revoked_at = now(), revoked_reason = 'impersonation_ended'
  WHERE id = $1 AND operator_id = $2 AND ${OPEN_STILL} RETURNING user_id AS "userId", tenant_id AS "tenantId"`;
