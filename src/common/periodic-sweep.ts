import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';

const INTERVAL_MS = 10 * 60_000;

/**
 * Work that goes on beside the requests: a round when the application starts, and one every ten minutes, never two at
 * once. Each instance has its own rounds, so `sweep` must be safe beside itself. A round that fails is tried again at
 * the next.
 */
export abstract class PeriodicSweep implements OnApplicationBootstrap, OnApplicationShutdown {
  protected readonly logger = new Logger(this.constructor.name);
  private timer: NodeJS.Timeout | null = null;
  private round: Promise<void> | null = null;
  private stopping = false;

  onApplicationBootstrap(): void {
    this.begin();
    this.timer = setInterval(() => this.begin(), INTERVAL_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    if (this.timer) clearInterval(this.timer);
    await this.round;
  }

  /** One round, in bounded pieces: between two of them it asks `isStopping`. */
  abstract sweep(): Promise<unknown>;

  protected get isStopping(): boolean {
    return this.stopping;
  }

  private begin(): void {
    this.round ??= this.sweep()
      .then(() => undefined)
      .catch((error: unknown) =>
        this.logger.warn(`A round was not finished: ${String((error as Error).message)}`),
      )
      .finally(() => {
        this.round = null;
      });
  }
}
