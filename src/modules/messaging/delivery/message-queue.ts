import { Inject, Injectable } from '@nestjs/common';
import PgBoss from 'pg-boss';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../../../config/config.js';
import { poolOf } from '../../../database/database.js';
import type { Transaction } from '../../../database/transaction.js';
import type { Channel } from '../outgoing-message.js';

/** One queue per channel, so that a provider that hangs does not delay the other channel. */
const QUEUES: Record<Channel, string> = { email: 'message-delivery', sms: 'sms-delivery' };

/** Retries are 1–2, 2–4, 4–8 … seconds apart, with pg-boss's jitter: sixteen of them span a day. */
const RETRIES = { retryLimit: 16, retryDelay: 1, retryBackoff: true };

/** The job's timeout is this much longer than a try, which leaves time to record the result. */
const MARGIN_SECONDS = 15;

/** Bounds the cost of counting. */
const MAX_COUNTED = 10_000;

/** $1 names of queues, $2 the maximum per queue. Uses pg-boss's own index of waiting jobs. */
const COUNT_WAITING = `
  SELECT queue.name, waiting.count FROM unnest($1::text[]) AS queue (name)
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS count FROM (
      SELECT 1 FROM pgboss.job WHERE job.name = queue.name AND state < 'active' LIMIT $2
    ) AS job
  ) AS waiting`;

export interface DeliveryJob {
  id: string;
  channel: Channel;
  messageId: string;
  isLastTry: boolean;
}

/**
 * The delivery queue in PostgreSQL (pg-boss), on the data source's own pool. Jobs are fetched and closed by hand,
 * because pg-boss's own workers do not await the closing statement: a database error in it would be an unhandled
 * rejection, and a drained worker might still be writing.
 */
@Injectable()
export class MessageQueue {
  private readonly boss: PgBoss;
  /** After this time the job of a server that died can be taken again. */
  private readonly expireInSeconds: number;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(CONFIG) config: Config,
  ) {
    this.expireInSeconds = config.DELIVERY_TRY_SECONDS + MARGIN_SECONDS;
    this.boss = new PgBoss({
      db: { executeSql: (text, values) => poolOf(dataSource).query(text, values) },
      schedule: false,
      supervise: false,
    });
  }

  /** Creates the queue's schema if it is missing. `enqueue` fails on a database on which this has never run. */
  async start(onError: (error: Error) => void): Promise<void> {
    this.boss.on('error', onError);
    await this.boss.start();
    for (const name of Object.values(QUEUES)) {
      const options = { name, ...RETRIES, expireInSeconds: this.expireInSeconds };
      await this.boss.createQueue(name, options);
      await this.boss.updateQueue(name, options);
    }
  }

  /** Queues the delivery in the caller's transaction. The job contains only the id of the message. */
  async enqueue(tx: Transaction, channel: Channel, messageId: string): Promise<void> {
    const job = await this.boss.send(
      QUEUES[channel],
      { messageId },
      { id: messageId, db: inTransaction(tx) },
    );
    if (job === null) throw new Error('The delivery queue is not there: was it started?');
  }

  /**
   * Takes up to `count` jobs, which no other worker gets within `expireInSeconds`. Returns none if the database fails.
   */
  async take(channel: Channel, count: number): Promise<DeliveryJob[]> {
    const options = { batchSize: count, includeMetadata: true, priority: false } as const;
    const jobs = await this.boss.fetch<{ messageId: string }>(QUEUES[channel], options);
    return jobs.map((job) => ({
      id: job.id,
      channel,
      messageId: job.data.messageId,
      isLastTry: job.retryCount >= job.retryLimit,
    }));
  }

  /** Counts the waiting jobs of all instances, without those under way. At most MAX_COUNTED per channel. */
  async countWaiting(channels: Channel[]): Promise<Map<Channel, number>> {
    const names = channels.map((channel) => QUEUES[channel]);
    const rows = await this.dataSource.query<{ name: string; count: number }[]>(COUNT_WAITING, [
      names,
      MAX_COUNTED,
    ]);
    const counts = new Map(rows.map(({ name, count }) => [name, count]));
    return new Map(channels.map((channel) => [channel, counts.get(QUEUES[channel]) ?? 0]));
  }

  async complete(tx: Transaction, job: DeliveryJob): Promise<void> {
    await this.boss.complete(QUEUES[job.channel], job.id, {}, { db: inTransaction(tx) });
  }

  /**
   * Returns the job to the queue for a later try. `reason` is stored: it must not contain the recipient or the text.
   */
  async retryLater(job: DeliveryJob, reason: object): Promise<void> {
    await this.boss.fail(QUEUES[job.channel], job.id, reason);
  }

  /** Releases the jobs of servers that died; archives and deletes old jobs. Every instance may call it. */
  async maintain(): Promise<void> {
    await this.boss.maintain();
  }

  async stop(): Promise<void> {
    await this.boss.stop({ graceful: true, wait: true, timeout: 1_000 });
  }
}

function inTransaction(tx: Transaction): PgBoss.Db {
  return { executeSql: async (text, values) => ({ rows: await tx.many<object>(text, values) }) };
}
