import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { MessageCourier } from './message-courier.js';
import { MessageQueue, type DeliveryJob } from './message-queue.js';
import { MessageTransports } from './message-transports.js';

const POLL_MS = 500;
const MAINTAIN_MS = 30_000;
const PARALLEL_TRIES = 4;
/** What is not delivered by then is carried by another instance, or after the next start. */
const DRAIN_MS = 10_000;

/** Runs the queue while the application runs; does nothing at all where no transport is configured. */
@Injectable()
export class MessageDelivery implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('MessageDelivery');
  private readonly stopping = new AbortController();
  private readonly underway = new Set<Promise<void>>();
  private running: Promise<void> | null = null;
  private maintainedAt = 0;

  constructor(
    private readonly transports: MessageTransports,
    private readonly queue: MessageQueue,
    private readonly courier: MessageCourier,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.transports.areConfigured) return;
    await this.queue.start((error) => this.logFailure(error));
    this.running = this.run();
  }

  /** Takes no more jobs and waits for those under way, within bounds. Safe to call twice. */
  async onApplicationShutdown(): Promise<void> {
    if (!this.running) return;
    this.stopping.abort();
    await this.running;
    await Promise.race([Promise.all(this.underway), delay(DRAIN_MS, undefined, { ref: false })]);
    await this.queue.stop();
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.maintain();
      const free = PARALLEL_TRIES - this.underway.size;
      const jobs = free > 0 ? await this.queue.take(free) : [];
      for (const job of jobs) this.carry(job);
      await this.pause(jobs.length === free);
    }
  }

  /** A full load hints at more: then the next look waits only for a free hand. */
  private async pause(isFull: boolean): Promise<void> {
    const over = new AbortController();
    const end = () => over.abort();
    this.stopping.signal.addEventListener('abort', end, { once: true });
    const rest = delay(POLL_MS, undefined, { signal: over.signal }).catch(() => undefined);
    await Promise.race(isFull ? [rest, ...this.underway] : [rest]);
    this.stopping.signal.removeEventListener('abort', end);
    end();
  }

  private carry(job: DeliveryJob): void {
    const trying = this.courier
      .carry(job)
      .catch((error: unknown) => this.logFailure(error))
      .finally(() => this.underway.delete(trying));
    this.underway.add(trying);
  }

  private async maintain(): Promise<void> {
    if (Date.now() - this.maintainedAt < MAINTAIN_MS) return;
    this.maintainedAt = Date.now();
    await this.queue.maintain().catch((error: unknown) => this.logFailure(error));
  }

  private logFailure(error: unknown): void {
    this.logger.warn(`The delivery queue stumbled and goes on: ${String((error as Error).message)}`);
  }
}
