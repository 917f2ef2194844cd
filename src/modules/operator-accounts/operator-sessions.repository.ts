import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import type { Transaction } from '../../database/transaction.js';

export interface OperatorSessionRow {
  sessionId: string;
  address: string;
  operatorId: string;
  email: string;
  allowedAddresses: string[];
}

/** Sessions of operators. */
@Injectable()
export class OperatorSessionsRepository {
  constructor(private readonly database: Database) {}

  async open(
    tx: Transaction,
    session: { id: string; operatorId: string; tokenHash: Buffer; address: string; ttlSeconds: number },
  ): Promise<void> {
    const { id, operatorId, tokenHash, address, ttlSeconds } = session;
    await tx.execute(OPEN, [id, operatorId, tokenHash, address, ttlSeconds]);
  }

  /** Null if there is no such session, it has ended, or its operator is disabled. */
  find(tokenHash: Buffer): Promise<OperatorSessionRow | null> {
    return this.database.autocommit.one<OperatorSessionRow>(FIND, [tokenHash]);
  }

  /** Keeps the operator and the session as they are until the transaction ends. False if one of them has ended. */
  async lock(tx: Transaction, sessionId: string): Promise<boolean> {
    return (await tx.execute(LOCK, [sessionId])) === 1;
  }

  /** Returns false if it had ended. */
  async end(tx: Transaction, sessionId: string): Promise<boolean> {
    return (await tx.execute(END, [sessionId])) === 1;
  }

  /** Returns how many ended. */
  endAll(tx: Transaction, operatorId: string): Promise<number> {
    return tx.execute(END_ALL, [operatorId]);
  }
}

/** $1 id, $2 operator, $3 hash of the token, $4 address block, $5 seconds. */
const OPEN = `
  INSERT INTO operator_sessions (id, operator_id, token_hash, address, expires_at)
  VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5))`;

const LIVE = `s.ended_at IS NULL AND s.expires_at > now() AND o.disabled_at IS NULL`;

/** $1 hash of the token. */
const FIND: Statement = {
  name: 'find-operator-session',
  text: `
    SELECT s.id AS "sessionId", s.address, o.id AS "operatorId", o.email,
      o.allowed_addresses::text[] AS "allowedAddresses"
    FROM operator_sessions s JOIN operators o ON o.id = s.operator_id WHERE s.token_hash = $1 AND ${LIVE}`,
};

/** $1 session. Locks the operator first, as whatever ends all sessions does: in another order they would deadlock. */
const LOCK = `
  SELECT FROM operators o JOIN operator_sessions s ON s.operator_id = o.id WHERE s.id = $1 AND ${LIVE} FOR SHARE`;

const END = 'UPDATE operator_sessions SET ended_at = now() WHERE id = $1 AND ended_at IS NULL';

const END_ALL =
  'UPDATE operator_sessions SET ended_at = now() WHERE operator_id = $1 AND ended_at IS NULL AND expires_at > now()';
