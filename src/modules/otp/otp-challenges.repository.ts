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
import { type CodeRecording, RECORD_CODES, valuesOfCodes } from '../messaging/code-recording.js';
import type { RecordedMessage } from '../messaging/messages.repository.js';

/** The purpose a code is bound to. For another purpose it is treated as unknown. */
export type OtpPurpose = (typeof PURPOSES)[number];
const PURPOSES = ['sign-in', 'password-reset'] as const;

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

/** A code that somebody requested. */
export interface CodeRequest {
  recording: CodeRecording;
  challenge: Omit<NewChallenge, 'isLimited'>;
  /** What the audit trail says of it. */
  detail: object;
  origin: RequestOrigin;
}

type RequestedRow = Omit<RecordedMessage, 'tenantMax'> & { place: number; busy: boolean };

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
   * Records the messages and replaces the challenges as `replace` does, with their audit events, in one statement that
   * commits by itself. Over a sending limit, the older challenge stays. The requests have one shape, different
   * identifiers and the order of their locks. Unless it `waits`, null stands for each that somebody holds a lock of.
   */
  async requestAll(
    requests: [CodeRequest, ...CodeRequest[]],
    { waits }: { waits: boolean },
  ): Promise<(RecordedMessage | null)[]> {
    const [{ challenge, recording, detail }] = requests;
    const challenges = {
      purpose: challenge.purpose,
      identifierHashes: requests.map((one) => one.challenge.identifierHash),
    };
    const codes = requests.map((one) => one.recording) as [CodeRecording, ...CodeRecording[]];
    const rows = await this.database.autocommitAcrossTenants.many<RequestedRow>(REQUEST, [
      ...valuesOfCodes(codes, challenges, { waits }),
      recording.reasons,
      detail,
      requests.map((one) => one.recording.objection),
      requests.map((one) => JSON.stringify(one.recording.detail)),
      requests.map((one) => one.challenge.id),
      requests.map((one) => one.challenge.codeHash),
      challenge.attempts,
      challenge.ttlSeconds,
      requests.map(() => newId()),
      requests.map(() => newId()),
      requests.map(({ origin }) => origin.address),
      requests.map(({ origin }) => origin.userAgent),
      requests.map(({ origin }) => origin.requestId),
    ]);
    const byPlace = new Map(rows.map((row) => [row.place, row]));
    return requests.map((_, index) => {
      const row = byPlace.get(index + 1);
      if (!row) throw new Error('The request of a code has no result');
      const { wait, broken, totals, busy } = row;
      return busy ? null : { wait, broken, totals, tenantMax: null };
    });
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
    await tx.execute(REVOKE, [identifierHashes, PURPOSES]);
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
 * $1 to $24 as `valuesOfCodes`; $25 the reasons by `broken` from 0, $26 what the audit trail says of the requests. For each
 * request: $27 the reason why it is withheld, or null, $28 what the audit trail says of it then, $29 challenge, $30 code
 * hash, $33 and $34 audit ids, $35 address, $36 user agent, $37 request id. $31 attempts, $32 seconds. Challenges are
 * locked before counters: whoever holds those that everybody shares waits for nothing.
 */
const REQUEST: Statement = {
  name: 'request-codes',
  text: `
    WITH recorded AS MATERIALIZED (
      SELECT * FROM ${RECORD_CODES}
    ), message AS MATERIALIZED (
      SELECT recorded.*, own.*, COALESCE(own.objection, ($25::text[])[recorded.broken + 1]) AS withheld
      FROM recorded JOIN unnest($27::text[], $28::text[], $29::uuid[], $30::bytea[], $33::uuid[], $34::uuid[], $35::text[],
        $36::text[], $37::text[], $9::bytea[]) WITH ORDINALITY
        AS own (objection, about, challenge, code_hash, event, other_event, address, user_agent, request_id, identifier, number)
        ON own.number = recorded.place
      WHERE NOT recorded.busy
    ), challenge AS (
      ${replaceBy(
        `SELECT challenge, $8::text, identifier, CASE WHEN withheld IS NULL THEN code_hash END, $31::int,
          now() + make_interval(secs => $32) FROM message WHERE wait IS NULL ORDER BY identifier`,
        'false',
      )}
    ), audited AS (
      ${insertEventsOfNoTenant(`
        SELECT event, NULL::uuid, 'anonymous', NULL::uuid, 'otp.requested',
          CASE WHEN wait IS NULL THEN 'success' ELSE 'refused' END, NULL, NULL::uuid, address, user_agent, request_id,
          $26::jsonb FROM message
        UNION ALL
        SELECT other_event, NULL, 'anonymous', NULL, 'message.suppressed', 'refused', NULL, NULL, address, user_agent,
          request_id, jsonb_build_object('reason', withheld) || about::jsonb FROM message
        WHERE wait IS NULL AND withheld IS NOT NULL`)}
    )
    SELECT place, busy, wait, broken, totals FROM recorded`,
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

/** $1 identifier hashes, $2 every purpose: the first column of the index. */
const REVOKE = `
  UPDATE otp_challenges SET consumed_at = now()
  WHERE purpose = ANY ($2::text[]) AND identifier_hash = ANY ($1::bytea[]) AND consumed_at IS NULL`;
