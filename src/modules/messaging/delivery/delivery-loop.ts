import { setTimeout as delay } from 'node:timers/promises';
import type { Channel } from '../outgoing-message.js';
import type { DeliveryWorker } from './delivery-worker.js';
import type { DeliveryJob, MessageQueue } from './message-queue.js';
import type { Transport } from './transport.js';

const POLL_MS = 500;

/** Takes the jobs of one channel and passes them to the delivery worker, as many at a time as the transport admits. */
export class DeliveryLoop {
  private readonly underway = new Set<Promise<void>>();

  constructor(
    private readonly channel: Channel,
    private readonly transport: Transport,
    private readonly queue: MessageQueue,
    private readonly worker: DeliveryWorker,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  async run(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted) {
      const free = this.transport.capacity(this.underway.size);
      const jobs = free > 0 ? await this.queue.take(this.channel, free) : [];
      for (const job of jobs) this.process(job);
      await this.pause(jobs.length === free, stopping);
    }
  }

  /** Resolves when the deliveries that are under way at the call have ended. */
  async finish(): Promise<void> {
    await Promise.all(this.underway);
  }

  /** After a full batch there are probably more jobs: then wait only until a delivery under way ends. */
  private async pause(isFull: boolean, stopping: AbortSignal): Promise<void> {
    const timer = new AbortController();
    const end = () => timer.abort();
    stopping.addEventListener('abort', end, { once: true });
    const rest = delay(POLL_MS, undefined, { signal: timer.signal }).catch(() => undefined);
    await Promise.race(isFull ? [rest, ...this.underway] : [rest]);
    stopping.removeEventListener('abort', end);
    end();
  }

  private process(job: DeliveryJob): void {
    const attempt = this.worker
      .process(job)
      .catch(this.onFailure)
      .finally(() => this.underway.delete(attempt));
    this.underway.add(attempt);
  }
}
