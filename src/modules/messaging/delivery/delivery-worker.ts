import { Inject, Injectable, Logger } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import { Database } from '../../../database/database.js';
import { MessageEncryption } from '../message-encryption.js';
import { ANSWER_TRY, BEGIN_TRY, CLOSE_QUEUED } from '../messages.queries.js';
import type { Channel } from '../outgoing-message.js';
import { type DeliveryJob, MessageQueue } from './message-queue.js';
import { MessageTransports } from './message-transports.js';
import { DeliveryFailed, DeliveryRefused, DeliveryUnanswered, type Transport } from './transport.js';

interface BegunTry {
  id: string;
  channel: Channel;
  payload_encrypted: Buffer;
  created_at: Date;
  expires_at: Date;
  /** Including this try. */
  unanswered_tries: number;
  remaining_ms: number;
}

/** Delivers messages: at least once, never after expiry; duplicates are rare. */
@Injectable()
export class DeliveryWorker {
  private readonly logger = new Logger('MessageDelivery');

  constructor(
    private readonly database: Database,
    private readonly queue: MessageQueue,
    private readonly transports: MessageTransports,
    private readonly encryption: MessageEncryption,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Makes one try to deliver the message. A crash between the transport's acceptance and its record makes a duplicate
   * with the same id, never a loss. Rejects only if the database fails: the queue then releases the job after its
   * timeout.
   */
  async process(job: DeliveryJob): Promise<void> {
    const begun = await this.database.autocommit.many<BegunTry>(BEGIN_TRY, [job.messageId]);
    const [row] = begun;
    if (!row) return this.close(job, null);
    if (row.remaining_ms <= 0) return this.close(job, 'expired');
    const transport = this.transports.find(row.channel);
    const maxTries = transport?.maxUnansweredTries ?? Infinity;
    try {
      if (row.unanswered_tries > maxTries) throw new DeliveryUnanswered({ code: 'EUNANSWERED' });
      await this.deliver(row, transport);
    } catch (error) {
      return this.failed(job, error, row.unanswered_tries >= maxTries);
    }
    return this.close(job, 'sent');
  }

  private async deliver(row: BegunTry, transport: Transport | null): Promise<void> {
    if (!transport) throw new DeliveryFailed({ code: 'ENOTRANSPORT' });
    // Shorter than the job's own timeout, so that the try has ended before another worker can take the job
    const tryMs = this.config.DELIVERY_TRY_SECONDS * 1000;
    const { to, rendered } = this.encryption.decrypt(row.id, row.payload_encrypted);
    const signal = AbortSignal.timeout(Math.min(tryMs, Math.ceil(row.remaining_ms)));
    const delivery = { id: row.id, to, rendered, createdAt: row.created_at, expiresAt: row.expires_at };
    await transport.deliver(delivery, signal);
  }

  private async failed(job: DeliveryJob, error: unknown, wasLastUnanswered: boolean): Promise<void> {
    const reason: DeliveryFailed['reason'] =
      error instanceof DeliveryFailed ? error.reason : { code: 'EINTERNAL' };
    const isAnswered = !(error instanceof DeliveryUnanswered);
    const isFinal = error instanceof DeliveryRefused || job.isLastTry || (!isAnswered && wasLastUnanswered);
    const why = [reason.code, reason.response].filter(Boolean).join(' ');
    if (!isFinal) {
      this.logger.warn(`Message ${job.messageId} was not delivered (${why}); it will be tried again`);
      if (isAnswered) await this.database.autocommit.execute(ANSWER_TRY, [job.messageId]);
      return this.queue.retryLater(job, reason);
    }
    this.logger.error(`Message ${job.messageId} was not delivered (${why}); it is given up`);
    return this.close(job, 'failed');
  }

  /** Closes message and job in one transaction, so that a closed message is never delivered again. */
  private async close(job: DeliveryJob, status: 'sent' | 'expired' | 'failed' | null): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (status) await tx.execute(CLOSE_QUEUED, [job.messageId, status, this.config.isProduction]);
      await this.queue.complete(tx, job);
    });
  }
}
