import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import type { Transaction } from '../../database/transaction.js';
import { reserveAttemptAt } from '../attempts/attempts.repository.js';
import { AttemptsService, type Guess } from '../attempts/attempts.service.js';
import type { GuessKind } from '../attempts/slow-down.js';
import { insertEventsOfNoTenant } from '../audit/audit-events.repository.js';
import { RECORDED, type RecordedMessage, recordMessage, WITHHELD } from '../messaging/messages.repository.js';

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
   * Records the message and replaces the challenge as `replace` does, with their audit events, in one statement that
   * commits by itself. Over a sending limit, the older challenge stays. `recording` are the parameters from
   * `MessagesService.sendAlone`.
   */
  async request(
    recording: unknown[],
    { id, purpose, identifierHash, codeHash, attempts, ttlSeconds }: Omit<NewChallenge, 'isLimited'>,
    detail: object,
    { address, userAgent, requestId }: RequestOrigin,
  ): Promise<RecordedMessage> {
    const challenge = [id, purpose, identifierHash, codeHash, attempts, ttlSeconds];
    const audit = [newId(), newId(), address, userAgent, requestId, detail];
    const requests = this.database.autocommitAcrossTenants;
    const row = await requests.one<RecordedMessage>(REQUEST, [...recording, ...challenge, ...audit]);
    if (!row) throw new Error('The request of a code has no result');
    return row;
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

/** `source` has the columns; without a code and over a limit, no open challenge is replaced. */
const replaceBy = (source: string, isLimited: string) => `
  INSERT INTO otp_challenges (id, purpose, identifier_hash, code_hash, attempts_left, expires_at)
  ${source}
  ON CONFLICT (purpose, identifier_hash) DO UPDATE SET id = EXCLUDED.id, code_hash = EXCLUDED.code_hash,
    attempts_left = EXCLUDED.attempts_left, created_at = now(), expires_at = EXCLUDED.expires_at, consumed_at = NULL
  WHERE EXCLUDED.code_hash IS NOT NULL OR (otp_challenges.code_hash IS NULL AND NOT ${isLimited})
    OR otp_challenges.consumed_at IS NOT NULL OR otp_challenges.attempts_left = 0
    OR otp_challenges.expires_at <= now()`;

/**
 * $1 id, $2 purpose, $3 identifier hash, $4 code hash, or null if no code is sent, $5 attempts, $6 seconds, $7 whether a
 * sending limit is reached.
 */
const REPLACE: Statement = {
  name: 'replace-code-challenge',
  text: replaceBy(
    'VALUES ($1::uuid, $2, $3::bytea, $4::bytea, $5, now() + make_interval(secs => $6))',
    '$7::boolean',
  ),
};

/**
 * $1 to $30 as `recordMessage` and WITHHELD, $31 what the audit trail says of a withheld message; $32 id, $33 purpose,
 * $34 identifier hash, $35 code hash, $36 attempts, $37 seconds; $38 and $39 audit ids, $40 address, $41 user agent, $42
 * request id, $43 what the audit trail says of the request. The challenge is locked before the counters that everybody
 * shares: whoever holds those waits for nothing.
 */
const REQUEST: Statement = {
  name: 'request-code',
  text: `
    WITH message AS MATERIALIZED (
      SELECT recorded.*, ${WITHHELD} AS withheld
      FROM lock_code_challenge($1::bigint[], $33, $34) AS locked (keys) CROSS JOIN LATERAL ${recordMessage('locked.keys')}
        AS recorded
    ), challenge AS (
      ${replaceBy(
        `SELECT $32::uuid, $33::text, $34::bytea, CASE WHEN withheld IS NULL THEN $35::bytea END, $36::int,
          now() + make_interval(secs => $37) FROM message WHERE wait IS NULL`,
        'false',
      )}
    ), audited AS (
      ${insertEventsOfNoTenant(`
        SELECT $38::uuid, NULL::uuid, 'anonymous', NULL::uuid, 'otp.requested',
          CASE WHEN wait IS NULL THEN 'success' ELSE 'refused' END, NULL, NULL::uuid, $40::text, $41::text, $42::text,
          $43::jsonb FROM message
        UNION ALL
        SELECT $39::uuid, NULL, 'anonymous', NULL, 'message.suppressed', 'refused', NULL, NULL, $40, $41, $42,
          jsonb_build_object('reason', withheld) || $31::jsonb FROM message
        WHERE wait IS NULL AND withheld IS NOT NULL`)}
    )
    SELECT ${RECORDED} FROM message`,
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
