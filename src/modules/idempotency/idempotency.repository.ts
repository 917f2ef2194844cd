import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Queries } from '../../database/queries.js';
import type { RequestIdentity } from './request-identity.js';
import type { AnswerContents } from './running-request.js';

/** A record as it is found: of the same request, or of another one with the same key. */
export interface FoundRecord {
  id: Buffer;
  claim: string;
  fingerprint: Buffer;
  answerEncrypted: Buffer | null;
  /** True if the record counts no longer, or if nobody completes it any more. */
  isOver: boolean;
  /** True if what the answer contains is no longer as it was returned. */
  hasEnded: boolean;
}

/** What is stored of a request that succeeded, or of one step of it. */
export interface StoredAnswer extends AnswerContents {
  answerEncrypted: Buffer;
}

/** The records of requests with an `Idempotency-Key`. */
@Injectable()
export class IdempotencyRepository {
  constructor(private readonly database: Database) {}

  /**
   * Makes a record of the request (`claimed`), unless one stands in its way, which it then returns. `unknown`: it came
   * into being at this moment; look again.
   */
  async claim(
    { id, callerHash, tenantId, fingerprint }: RequestIdentity,
    { claim, ttlSeconds, leaseSeconds }: { claim: string; ttlSeconds: number; leaseSeconds: number },
  ): Promise<FoundRecord | 'claimed' | 'unknown'> {
    const values = [id, callerHash, tenantId, fingerprint, claim, ttlSeconds, leaseSeconds];
    const row = await this.database.autocommitAcrossTenants.one<ClaimRow>(CLAIM, values);
    if (row?.isClaimed) return 'claimed';
    return row?.id ? row : 'unknown';
  }

  /** Stores the answer, if the claim still holds; returns whether it does. */
  async complete(
    tx: Queries,
    { id, claim }: { id: Buffer; claim: string },
    answer: StoredAnswer,
  ): Promise<boolean> {
    const contents = [answer.userId ?? null, answer.sessionId ?? null, answer.apiKeySecret ?? null];
    return (await tx.execute(COMPLETE, [id, claim, answer.answerEncrypted, ...contents])) === 1;
  }

  /** Stores the result of a step, if the claim on the request still holds; returns whether it does. */
  async completeStep(
    tx: Queries,
    { requestId, claim, id }: { requestId: Buffer; claim: string; id: Buffer },
    { answerEncrypted, userId }: StoredAnswer,
  ): Promise<boolean> {
    return (await tx.execute(COMPLETE_STEP, [requestId, claim, id, answerEncrypted, userId ?? null])) === 1;
  }

  /** Those of the steps that are completed, in no particular order. */
  findSteps(ids: Buffer[]): Promise<StoredStep[]> {
    return this.database.autocommitAcrossTenants.many<StoredStep>(FIND_STEPS, [ids]);
  }

  /** Deletes a record that has no answer, or whose time is over: the request may run anew. Only under the given claim. */
  async release(id: Buffer, claim: string): Promise<void> {
    await this.database.autocommitAcrossTenants.execute(RELEASE, [id, claim]);
  }
}

export interface StoredStep {
  id: Buffer;
  answerEncrypted: Buffer;
}

type ClaimRow = { isClaimed: boolean } & (FoundRecord | { id: null });

/**
 * $1 id, $2 caller hash, $3 tenant, $4 fingerprint, $5 claim, $6 lifetime in seconds, $7 lease in seconds.
 * The tokens in an answer are the session's as long as nothing has renewed or replaced them.
 */
const CLAIM = {
  name: 'claim-idempotency-record',
  text: `
  WITH found AS (
    SELECT r.id, r.claim, r.fingerprint, r.answer_encrypted AS "answerEncrypted",
      r.expires_at <= now() OR (r.answer_encrypted IS NULL AND r.claimed_at <= now() - make_interval(secs => $7::float8))
        AS "isOver",
      (r.session_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM sessions s
        WHERE s.id = r.session_id AND s.revoked_at IS NULL AND LEAST(s.idle_expires_at, s.expires_at) > now()
          AND s.generation = 0 AND s.token_version = 0 AND s.successor_version IS NULL))
      OR (r.api_key_secret IS NOT NULL AND NOT EXISTS (
        SELECT FROM api_key_secrets c JOIN api_keys k ON k.id = c.key_id
        WHERE c.hash = r.api_key_secret AND k.revoked_at IS NULL AND LEAST(c.expires_at, k.expires_at, 'infinity') > now())
      AND NOT EXISTS (
        SELECT FROM service_account_secrets c JOIN service_accounts a ON a.id = c.account_id
        WHERE c.hash = r.api_key_secret AND a.revoked_at IS NULL AND LEAST(c.expires_at, 'infinity') > now()))
        AS "hasEnded"
    FROM idempotency_records r WHERE r.id = $1 OR r.caller_hash = $2
    ORDER BY r.id = $1 DESC LIMIT 1
  ), claimed AS (
    INSERT INTO idempotency_records (id, caller_hash, tenant_id, fingerprint, claim, expires_at)
    SELECT $1, $2, $3::uuid, $4, $5, now() + make_interval(secs => $6::float8) WHERE NOT EXISTS (SELECT FROM found)
    ON CONFLICT DO NOTHING RETURNING id
  )
  SELECT EXISTS (SELECT FROM claimed) AS "isClaimed", found.* FROM (SELECT) AS one LEFT JOIN found ON true`,
};

/** $1 id, $2 claim, $3 answer, $4 person, $5 session, $6 hash of an API key. */
const COMPLETE = {
  name: 'complete-idempotency-record',
  text: `
  UPDATE idempotency_records SET answer_encrypted = $3, user_id = $4, session_id = $5, api_key_secret = $6
  WHERE id = $1 AND claim = $2 AND answer_encrypted IS NULL`,
};

/** $1 id of the request, $2 claim, $3 id of the step, $4 result, $5 person. Holds the claim until the commit. */
const COMPLETE_STEP = `
  WITH request AS (
    SELECT tenant_id, fingerprint, claim, expires_at FROM idempotency_records
    WHERE id = $1 AND claim = $2 AND answer_encrypted IS NULL FOR NO KEY UPDATE
  )
  INSERT INTO idempotency_records (id, caller_hash, tenant_id, user_id, fingerprint, claim, expires_at, answer_encrypted)
  SELECT $3, $3, tenant_id, $5::uuid, fingerprint, claim, expires_at, $4 FROM request`;

/** $1 ids. */
const FIND_STEPS = `
  SELECT id, answer_encrypted AS "answerEncrypted" FROM idempotency_records
  WHERE id = ANY ($1::bytea[]) AND expires_at > now()`;

/** $1 id, $2 claim. */
const RELEASE = `
  DELETE FROM idempotency_records WHERE id = $1 AND claim = $2 AND (answer_encrypted IS NULL OR expires_at <= now())`;
