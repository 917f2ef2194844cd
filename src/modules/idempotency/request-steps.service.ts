import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { AnswerEncryption } from './answer-encryption.js';
import { IdempotencyKeyInUse } from './idempotency.errors.js';
import { IdempotencyRepository } from './idempotency.repository.js';
import { stepId } from './request-identity.js';
import { runningRequest } from './running-request.js';

/** The steps of one request, by position. */
export interface RequestSteps {
  /**
   * Runs the step, or returns its stored result, which has passed through JSON. The result commits in the step's
   * transaction. A result of a step that opens no transaction is not stored. Throws IdempotencyKeyInUse if another call
   * has taken over the request.
   */
  run<T>(position: number, work: () => Promise<T>): Promise<T>;
}

/** Without an `Idempotency-Key`, steps run as they are. */
const WITHOUT_KEY: RequestSteps = { run: (_position, work) => work() };

/** For requests of several transactions: a request that broke off goes on where it was. */
@Injectable()
export class RequestStepsService {
  constructor(
    private readonly database: Database,
    private readonly records: IdempotencyRepository,
    private readonly encryption: AnswerEncryption,
  ) {}

  /** The steps of the request under which this call runs. */
  async open(count: number): Promise<RequestSteps> {
    const request = runningRequest();
    if (!request) return WITHOUT_KEY;
    const { id: requestId, claim, identity, contents } = request;
    const idOf = (position: number) => stepId(requestId, identity.fingerprint, position);
    const ids = Array.from({ length: count }, (_, position) => idOf(position));
    const stored = new Map<string, unknown>();
    for (const { id, answerEncrypted } of await this.records.findSteps(ids)) {
      stored.set(id.toString('hex'), this.encryption.decrypt(id, answerEncrypted));
    }
    return {
      run: <T>(position: number, work: () => Promise<T>): Promise<T> => {
        const id = idOf(position);
        const hex = id.toString('hex');
        if (stored.has(hex)) return Promise.resolve(stored.get(hex) as T);
        return this.database.withLast(work, async (tx, result) => {
          const answerEncrypted = this.encryption.encrypt(id, result);
          const answer = { answerEncrypted, userId: contents.userId };
          const isMine = await this.records.completeStep(tx, { requestId, claim, id }, answer);
          if (!isMine) throw new IdempotencyKeyInUse();
        });
      },
    };
  }
}
