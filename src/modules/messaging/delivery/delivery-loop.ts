import { setTimeout as delay } from 'node:timers/promises';
import type { Channel } from '../outgoing-message.js';
import type { DeliveryWorker } from './delivery-worker.js';
import type { DeliveryJob, MessageQueue } from './message-queue.js';
import type { Transport } from './transport.js';

const POLL_MS = 500;

/** Takes the jobs of one channel, as many at once as its transport admits. */
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
      for (const job of jobs) this.carry(job);
      await this.pause(jobs.length === free, stopping);
    }
  }

  /** Those under way when asked. */
  async finish(): Promise<void> {
    await Promise.all(this.underway);
  }

  /** A full load hints at more: then the next look waits only for a free hand. */
  private async pause(isFull: boolean, stopping: AbortSignal): Promise<void> {
    const over = new AbortController();
    const end = () => over.abort();
    stopping.addEventListener('abort', end, { once: true });
    const rest = delay(POLL_MS, undefined, { signal: over.signal }).catch(() => undefined);
    await Promise.race(isFull ? [rest, ...this.underway] : [rest]);
    stopping.removeEventListener('abort', end);
    end();
  }

  private carry(job: DeliveryJob): void {
    const trying = this.worker
      .carry(job)
      .catch(this.onFailure)
      .finally(() => this.underway.delete(trying));
    this.underway.add(trying);
  }
}
