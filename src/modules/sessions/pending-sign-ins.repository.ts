import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import type { TenantTransaction, Transaction } from '../../database/transaction.js';
import { reserveAttemptAt } from '../attempts/attempts.repository.js';
import { AttemptsService, type CountedGuess, type Guess } from '../attempts/attempts.service.js';
import { PendingSignInEntity } from './entities/pending-sign-in.entity.js';
import type { NewSession } from './session-state.js';

export interface PendingSignIn extends NewSession {
  id: string;
}

/** Sign-ins that await the second factor. */
@Injectable()
export class PendingSignInsRepository {
  constructor(
    private readonly database: Database,
    private readonly attempts: AttemptsService,
  ) {}

  /** Also deletes up to ten expired ones. */
  async insert(
    tx: Transaction,
    { id, userId, tenantId, methods }: PendingSignIn,
    { attempts, ttlSeconds }: { attempts: number; ttlSeconds: number },
  ): Promise<void> {
    await tx.execute(INSERT_PENDING_SIGN_IN, [id, userId, tenantId, methods, attempts, ttlSeconds]);
  }

  /** Null if it expired, has no attempt left, or its user, membership or tenant is not active. A statement by itself. */
  find(id: string): Promise<PendingSignIn | null> {
    return this.database.autocommitAcrossTenants.one<PendingSignIn>(FIND_PENDING_SIGN_IN, [id]);
  }

  /**
   * Counts the guess and takes one attempt, in a committed statement. Null if no attempt is left; then only the address
   * is charged. Throws TooManyAttempts.
   */
  reserveAttempt(id: string, guess: Guess): Promise<CountedGuess | null> {
    return this.attempts.reserveAt(RESERVE_SIGN_IN_ATTEMPT, guess, 'second-factor', [id]);
  }

  /** Gives the attempt back. Commits by itself. */
  async restoreAttempt(id: string): Promise<void> {
    await this.database.autocommitAcrossTenants.execute(RESTORE_SIGN_IN_ATTEMPT, [id]);
  }

  /** Deletes an open sign-in. Of any number of parallel calls, exactly one returns true. */
  async consume(tx: Transaction, id: string): Promise<boolean> {
    return (await tx.execute(CONSUME_PENDING_SIGN_IN, [id])) > 0;
  }

  async deleteInTenant(tx: TenantTransaction, userId: string): Promise<void> {
    await tx.manager.delete(PendingSignInEntity, { tenantId: tx.tenantId, userId });
  }

  async deleteAll(tx: Transaction, userId: string): Promise<void> {
    await tx.manager.delete(PendingSignInEntity, { userId });
  }
}

/**
 * Over `p`, rows of `pending_sign_ins`: not expired, the user active, and the membership (if any) and its tenant
 * active.
 */
const OPEN = `
  p.expires_at > now() AND EXISTS (SELECT 1 FROM users u WHERE u.id = p.user_id AND u.status = 'active') AND (p.tenant_id IS NULL OR EXISTS (
    SELECT 1 FROM memberships m JOIN tenants t ON t.id = m.tenant_id AND t.status = 'active'
    WHERE m.tenant_id = p.tenant_id AND m.user_id = p.user_id AND m.status = 'active'))`;

/** $1 id, $2 user, $3 tenant or null, $4 methods, $5 attempts, $6 seconds. Deletes up to ten expired rows. */
const INSERT_PENDING_SIGN_IN = `
  WITH expired AS (
    DELETE FROM pending_sign_ins WHERE id IN (
      SELECT id FROM pending_sign_ins WHERE expires_at <= now() LIMIT 10 FOR UPDATE SKIP LOCKED)
  )
  INSERT INTO pending_sign_ins (id, user_id, tenant_id, methods, attempts_left, expires_at)
  VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))`;

/** $1 id. */
const FIND_PENDING_SIGN_IN: Statement = {
  name: 'find-pending-sign-in',
  text: `
    SELECT p.id, p.user_id AS "userId", p.tenant_id AS "tenantId", p.methods
    FROM pending_sign_ins p WHERE p.id = $1 AND p.attempts_left > 0 AND ${OPEN}`,
};

/** $8 id. */
const RESERVE_SIGN_IN_ATTEMPT = reserveAttemptAt('reserve-sign-in-attempt', {
  find: `
    SELECT p.id FROM pending_sign_ins p, address
    WHERE p.id = $8 AND p.attempts_left > 0 AND p.expires_at > now()
    FOR NO KEY UPDATE OF p`,
  take: `
    UPDATE pending_sign_ins p SET attempts_left = p.attempts_left - 1 FROM target, subject
    WHERE p.id = target.id RETURNING p.id`,
});

/** $1 id. */
const RESTORE_SIGN_IN_ATTEMPT: Statement = {
  name: 'restore-sign-in-attempt',
  text: 'UPDATE pending_sign_ins SET attempts_left = attempts_left + 1 WHERE id = $1',
};

/** $1 id. Of any number of parallel calls, exactly one gets a row. */
const CONSUME_PENDING_SIGN_IN = `DELETE FROM pending_sign_ins p WHERE p.id = $1 AND ${OPEN} RETURNING p.id`;
