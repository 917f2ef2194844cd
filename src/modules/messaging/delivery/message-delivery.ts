import { setTimeout as delay } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { runsBackgroundWork } from '../../../common/workers.js';
import { CONFIG, type Config } from '../../../config/config.js';
import { DeliveryLeases, RENEW_MS } from './delivery-leases.js';
import { DeliveryLoop } from './delivery-loop.js';
import { DeliverySignal } from './delivery-signal.js';
import { DeliveryWorker } from './delivery-worker.js';
import { MessageTransports } from './message-transports.js';

/**
 * Of the time to stop, for the deliveries under way. Messages not delivered by then are delivered by another instance, or
 * after the next start.
 */
const DELIVERIES_SHARE = 0.3;

/** Runs a delivery loop for each configured transport while the application runs, in one worker. */
@Injectable()
export class MessageDelivery
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private readonly logger = new Logger('MessageDelivery');
  private readonly stopping = new AbortController();
  private readonly stopped = new AbortController();
  private readonly logFailure = (error: unknown): void =>
    this.logger.warn(
      `The delivery of messages met an error and goes on: ${String((error as Error).message)}`,
    );
  private loops: DeliveryLoop[] = [];
  private running: Promise<unknown> | null = null;
  private renewing: Promise<void> | null = null;

  constructor(
    private readonly transports: MessageTransports,
    private readonly signal: DeliverySignal,
    private readonly leases: DeliveryLeases,
    private readonly worker: DeliveryWorker,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    if (!runsBackgroundWork()) return;
    this.loops = this.transports.configured.map(([channel, transport]) => {
      const loop = new DeliveryLoop(channel, transport, this.worker, this.logFailure);
      this.signal.listen(channel, () => loop.wake());
      return loop;
    });
    if (this.loops.length === 0) return;
    this.running = Promise.all(this.loops.map((loop) => loop.run(this.stopping.signal)));
    this.renewing = this.renew();
  }

  /** Takes no more messages, while requests that run are finished. */
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
    this.stopped.abort();
    await this.renewing;
  }

  private async renew(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      await delay(RENEW_MS, undefined, { signal: this.stopped.signal }).catch(() => undefined);
      await this.leases.renew().catch(this.logFailure);
    }
  }
}
