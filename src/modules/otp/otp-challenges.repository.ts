import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import type { Transaction } from '../../database/transaction.js';
import { reserveAttemptAt } from '../attempts/attempts.repository.js';
import { AttemptsService, type Guess } from '../attempts/attempts.service.js';
import type { GuessKind } from '../attempts/slow-down.js';

/** The purpose a code is bound to. For another purpose it is treated as unknown. */
export type OtpPurpose = 'sign-in' | 'password-reset';

/** There is at most one challenge for each. */
export interface ChallengeKey {
  purpose: OtpPurpose;
  identifierHash: Buffer;
}

export interface NewChallenge extends ChallengeKey {
  id: string;
  /** Null if no code was sent. */
  codeHash: Buffer | null;
  attempts: number;
  ttlSeconds: number;
  /** Whether a sending limit is reached. */
  isLimited: boolean;
}

export interface OtpChallenge {
  id: string;
  /** Null if no code was sent. */
  codeHash: Buffer | null;
}

/** The challenges that one-time codes answer. */
@Injectable()
export class OtpChallengesRepository {
  constructor(
    private readonly database: Database,
    private readonly attempts: AttemptsService,
  ) {}

  /**
   * A code replaces any older one. Without a code, an older valid code stays valid, and if a limit is reached no open
   * challenge is replaced.
   */
  async replace(tx: Transaction, challenge: NewChallenge): Promise<void> {
    const { id, purpose, identifierHash, codeHash, attempts, ttlSeconds, isLimited } = challenge;
    await tx.execute(REPLACE, [id, purpose, identifierHash, codeHash, attempts, ttlSeconds, isLimited]);
  }

  /**
   * Counts the guess and takes one attempt from the open challenge, in one committed statement. Null if there is none;
   * then only the address is charged. Throws TooManyAttempts.
   */
  reserveAttempt(
    { purpose, identifierHash }: ChallengeKey,
    guess: Guess,
    kind: GuessKind,
  ): Promise<OtpChallenge | null> {
    return this.attempts.reserveAt<OtpChallenge>(RESERVE_ATTEMPT, guess, kind, [purpose, identifierHash]);
  }

  /** Gives the attempt back, unless the challenge is consumed. Commits by itself. */
  async restoreAttempt(id: string): Promise<void> {
    await this.database.autocommit.execute(RESTORE_ATTEMPT, [id]);
  }

  /** Returns false if it is consumed, expired or replaced. Of any number of parallel calls, exactly one returns true. */
  async consume(tx: Transaction, id: string): Promise<boolean> {
    return (await tx.execute(CONSUME, [id])) === 1;
  }

  /** Revokes the open challenges of these identifiers, for every purpose. */
  async revoke(tx: Transaction, identifierHashes: Buffer[]): Promise<void> {
    await tx.execute(REVOKE, [identifierHashes]);
  }
}

/**
 * $1 id, $2 purpose, $3 identifier hash, $4 code hash, or null if no code is sent, $5 attempts, $6 seconds, $7 whether a
 * sending limit is reached.
 */
const REPLACE: Statement = {
  name: 'replace-code-challenge',
  text: `
    INSERT INTO otp_challenges (id, purpose, identifier_hash, code_hash, attempts_left, expires_at)
    VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))
    ON CONFLICT (purpose, identifier_hash) DO UPDATE SET id = $1, code_hash = $4, attempts_left = $5,
      created_at = now(), expires_at = EXCLUDED.expires_at, consumed_at = NULL
    WHERE $4::bytea IS NOT NULL OR (otp_challenges.code_hash IS NULL AND NOT $7::boolean)
      OR otp_challenges.consumed_at IS NOT NULL OR otp_challenges.attempts_left = 0
      OR otp_challenges.expires_at <= now()`,
};

/** $8 purpose, $9 identifier hash. */
const RESERVE_ATTEMPT = reserveAttemptAt('reserve-code-attempt', {
  find: `
    SELECT c.id FROM otp_challenges c, address
    WHERE c.purpose = $8 AND c.identifier_hash = $9
      AND c.attempts_left > 0 AND c.consumed_at IS NULL AND c.expires_at > now()
    FOR NO KEY UPDATE OF c`,
  take: `
    UPDATE otp_challenges c SET attempts_left = c.attempts_left - 1 FROM target, subject
    WHERE c.id = target.id RETURNING c.id, c.code_hash AS "codeHash"`,
});

/** $1 id. */
const RESTORE_ATTEMPT: Statement = {
  name: 'restore-code-attempt',
  text: 'UPDATE otp_challenges SET attempts_left = attempts_left + 1 WHERE id = $1 AND consumed_at IS NULL',
};

/** $1 id. */
const CONSUME: Statement = {
  name: 'consume-code-challenge',
  text: `
    UPDATE otp_challenges SET consumed_at = now()
    WHERE id = $1 AND consumed_at IS NULL AND expires_at > now()`,
};

/** $1 identifier hashes. */
const REVOKE = `
  UPDATE otp_challenges SET consumed_at = now() WHERE identifier_hash = ANY ($1::bytea[]) AND consumed_at IS NULL`;
