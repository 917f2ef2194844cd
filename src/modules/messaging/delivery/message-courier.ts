import { Inject, Injectable, Logger } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import { Database } from '../../../database/database.js';
import { MessageSeal } from '../message-seal.js';
import { CLOSE_QUEUED, FIND_QUEUED } from '../messages.queries.js';
import type { Channel } from '../outgoing-message.js';
import { MessageQueue, type DeliveryJob } from './message-queue.js';
import { MessageTransports } from './message-transports.js';
import { DeliveryFailed, DeliveryRefused } from './transport.js';

/** Below the job's own time limit, so that a try is over before anybody else takes the job. */
const TRY_TIMEOUT_MS = 45_000;

interface QueuedRow {
  id: string;
  channel: Channel;
  payload_encrypted: Buffer;
  created_at: Date;
  expired: boolean;
}

/** Carries one message: at least once, never after it expired. */
@Injectable()
export class MessageCourier {
  private readonly logger = new Logger('MessageDelivery');

  constructor(
    private readonly database: Database,
    private readonly queue: MessageQueue,
    private readonly transports: MessageTransports,
    private readonly seal: MessageSeal,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * One try. A crash after the transport took the message and before that is recorded makes a duplicate with the
   * same Message-ID, never a loss. Rejects only where the database fails: then the job frees itself in time.
   */
  async carry(job: DeliveryJob): Promise<void> {
    const [row] = await this.database.manager.query<QueuedRow[]>(FIND_QUEUED, [job.messageId]);
    if (!row) return this.close(job, null);
    if (row.expired) return this.close(job, 'expired');
    try {
      await this.deliver(row);
    } catch (error) {
      return this.failed(job, error);
    }
    return this.close(job, 'sent');
  }

  private async deliver(row: QueuedRow): Promise<void> {
    const transport = this.transports.find(row.channel);
    if (!transport) throw new DeliveryFailed({ code: 'ENOTRANSPORT' });
    const { to, letter } = this.seal.open(row.id, row.payload_encrypted);
    const signal = AbortSignal.timeout(TRY_TIMEOUT_MS);
    await transport.deliver({ id: row.id, to, letter, createdAt: row.created_at }, signal);
  }

  private async failed(job: DeliveryJob, error: unknown): Promise<void> {
    const reason: DeliveryFailed['reason'] =
      error instanceof DeliveryFailed ? error.reason : { code: 'EINTERNAL' };
    const isFinal = error instanceof DeliveryRefused || job.isLastTry;
    const why = [reason.code, reason.response].filter(Boolean).join(' ');
    if (!isFinal) {
      this.logger.warn(`Message ${job.messageId} was not delivered (${why}); it will be tried again`);
      return this.queue.retryLater(job, reason);
    }
    this.logger.error(`Message ${job.messageId} was not delivered (${why}); it is given up`);
    return this.close(job, 'failed');
  }

  /** In one transaction, so that a message that is marked is never carried again. */
  private async close(job: DeliveryJob, status: 'sent' | 'expired' | 'failed' | null): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (status) await tx.query(CLOSE_QUEUED, [job.messageId, status, this.config.isProduction]);
      await this.queue.complete(tx, job);
    });
  }
}
