import { setTimeout as delay } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import { DeliveryLoop } from './delivery-loop.js';
import { DeliveryWorker } from './delivery-worker.js';
import { MessageQueue } from './message-queue.js';
import { MessageTransports } from './message-transports.js';

const MAINTAIN_MS = 30_000;
/**
 * Of the time to stop, for the deliveries under way. Messages not delivered by then are delivered by another instance, or
 * after the next start.
 */
const DELIVERIES_SHARE = 0.3;

/** Runs the delivery loops while the application runs. Without a configured transport it does not start the queue. */
@Injectable()
export class MessageDelivery
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
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
    @Inject(CONFIG) private readonly config: Config,
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

  /** Takes no more jobs, while requests that run are finished. */
  beforeApplicationShutdown(): void {
    this.stopping.abort();
  }

  /** Waits a part of SHUTDOWN_SECONDS for the deliveries under way. Safe to call twice. */
  async onApplicationShutdown(): Promise<void> {
    if (!this.running) return;
    this.stopping.abort();
    await this.running;
    const drainMs = this.config.SHUTDOWN_SECONDS * 1000 * DELIVERIES_SHARE;
    const finished = Promise.all(this.loops.map((loop) => loop.finish()));
    await Promise.race([finished, delay(drainMs, undefined, { ref: false })]);
    await this.queue.stop();
  }

  private async maintain(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.queue.maintain().catch(this.logFailure);
      await delay(MAINTAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
