import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { DeliveryLoop } from './delivery-loop.js';
import { DeliveryWorker } from './delivery-worker.js';
import { MessageQueue } from './message-queue.js';
import { MessageTransports } from './message-transports.js';

const MAINTAIN_MS = 30_000;
/** Messages not delivered by then are delivered by another instance, or after the next start. */
const DRAIN_MS = 10_000;

/** Runs the delivery loops while the application runs. Without a configured transport it does not start the queue. */
@Injectable()
export class MessageDelivery implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('MessageDelivery');
  private readonly stopping = new AbortController();
  private readonly logFailure = (error: unknown): void =>
    this.logger.warn(`The delivery queue met an error and goes on: ${String((error as Error).message)}`);
  private loops: DeliveryLoop[] = [];
  private running: Promise<unknown> | null = null;

  constructor(
    private readonly transports: MessageTransports,
    private readonly queue: MessageQueue,
    private readonly worker: DeliveryWorker,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.loops = this.transports.configured.map(
      ([channel, transport]) =>
        new DeliveryLoop(channel, transport, this.queue, this.worker, this.logFailure),
    );
    if (this.loops.length === 0) return;
    await this.queue.start(this.logFailure);
    const { signal } = this.stopping;
    this.running = Promise.all([this.maintain(signal), ...this.loops.map((loop) => loop.run(signal))]);
  }

  /** Takes no more jobs, and waits at most DRAIN_MS for those under way. Safe to call twice. */
  async onApplicationShutdown(): Promise<void> {
    if (!this.running) return;
    this.stopping.abort();
    await this.running;
    const finished = Promise.all(this.loops.map((loop) => loop.finish()));
    await Promise.race([finished, delay(DRAIN_MS, undefined, { ref: false })]);
    await this.queue.stop();
  }

  private async maintain(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.queue.maintain().catch(this.logFailure);
      await delay(MAINTAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
