import { Inject, Injectable, Logger } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { Keyring } from '../../common/keyring.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { Queries } from '../../database/queries.js';
import { AnswerEncryption } from './answer-encryption.js';
import { IdempotencyAnswerGone, IdempotencyKeyInUse, IdempotencyKeyReused } from './idempotency.errors.js';
import { IdempotencyRepository } from './idempotency.repository.js';
import { type IdempotentRequest, identify } from './request-identity.js';
import { runAs, type RunningRequest } from './running-request.js';

/** What the client gets, and gets again. */
export interface Answer {
  status: number;
  /** As JSON. */
  body: unknown;
}

/** How long an answer is kept. */
const TTL_SECONDS = 86_400;
/** How often a request looks for the record that stands in its way; each time it can have gone. */
const MAX_LOOKS = 5;

/** Performs each request with an `Idempotency-Key` once, and gives its answer again. */
@Injectable()
export class IdempotencyService {
  private readonly logger = new Logger('Idempotency');

  constructor(
    private readonly database: Database,
    private readonly records: IdempotencyRepository,
    private readonly encryption: AnswerEncryption,
    private readonly keyring: Keyring,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Performs the request, or returns the stored answer of the same one. The answer commits in the transaction of the
   * effect: both are there, or the request can be sent again. An error is not stored: it had no effect, and the key is
   * free. Throws IdempotencyKeyReused for another request with the key, IdempotencyKeyInUse while the first one runs,
   * and IdempotencyAnswerGone once the session or API key in the answer has ended.
   *
   * @param inSteps the work has several transactions, each of which commits by itself (`RequestStepsService`)
   */
  async answer(
    request: IdempotentRequest,
    perform: () => Promise<Answer>,
    inSteps = false,
  ): Promise<Answer & { isReplayed: boolean }> {
    const begun = await this.begin(request);
    if ('answer' in begun) return { ...begun.answer, isReplayed: true };
    const { running } = begun;
    const work = () => runAs(running, perform);
    let answer: Answer;
    try {
      answer = await (inSteps
        ? work()
        : this.database.withLast(work, (tx, answer) => this.complete(tx, running, answer)));
    } catch (error) {
      await this.release(running);
      throw error;
    }
    // If that fails, the record stays: the request is taken up again at its first step without a result
    if (inSteps) await this.complete(this.database.autocommitAcrossTenants, running, answer);
    return { ...answer, isReplayed: false };
  }

  private async begin(request: IdempotentRequest): Promise<{ answer: Answer } | { running: RunningRequest }> {
    const identity = identify(request, this.keyring);
    const contents = { userId: request.caller?.userId };
    // By then the client has been told to try again; a request that runs on cannot commit once another has its record
    const lasts = { ttlSeconds: TTL_SECONDS, leaseSeconds: this.config.REQUEST_TIMEOUT_SECONDS };
    for (let look = 0; look < MAX_LOOKS; look += 1) {
      const claim = newId();
      const found = await this.records.claim(identity, { claim, ...lasts });
      if (found === 'claimed') return { running: { id: identity.id, claim, identity, contents } };
      if (found === 'unknown') continue;
      const { id, fingerprint, answerEncrypted } = found;
      if (found.isOver) {
        await this.records.release(id, found.claim);
        continue;
      }
      if (!identity.fingerprint.equals(fingerprint)) throw new IdempotencyKeyReused();
      if (!answerEncrypted) throw new IdempotencyKeyInUse();
      if (found.hasEnded) throw new IdempotencyAnswerGone();
      return { answer: this.encryption.decrypt(id, answerEncrypted) as Answer };
    }
    throw new IdempotencyKeyInUse();
  }

  private async complete(
    tx: Queries,
    { id, claim, contents }: RunningRequest,
    answer: Answer,
  ): Promise<void> {
    const answerEncrypted = this.encryption.encrypt(id, answer);
    const isMine = await this.records.complete(tx, { id, claim }, { answerEncrypted, ...contents });
    if (!isMine) throw new IdempotencyKeyInUse();
  }

  /** The error that the client gets is that of the request. */
  private async release({ id, claim }: RunningRequest): Promise<void> {
    try {
      await this.records.release(id, claim);
    } catch (error) {
      this.logger.warn(`A key stays in use for a while: ${String((error as Error).message)}`);
    }
  }
}
