import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { runsBackgroundWork } from './workers.js';

const INTERVAL_MS = 10 * 60_000;

/**
 * Background work: runs when the application starts and every ten minutes, never twice at once in one instance, and in
 * one of its workers unless `everyWorker` is set. Other instances run it too, so `sweep` must be safe in parallel. A
 * failed run is repeated at the next interval.
 */
export abstract class PeriodicSweep implements OnApplicationBootstrap, OnApplicationShutdown {
  protected readonly logger = new Logger(this.constructor.name);
  private timer: NodeJS.Timeout | null = null;
  private round: Promise<void> | null = null;
  private stopping = false;
  /** For work whose result is in the memory of the process. */
  protected readonly everyWorker: boolean = false;

  onApplicationBootstrap(): void {
    if (!this.everyWorker && !runsBackgroundWork()) return;
    this.begin();
    this.timer = setInterval(() => this.begin(), INTERVAL_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    if (this.timer) clearInterval(this.timer);
    await this.round;
  }

  /** One run, in bounded steps: check `isStopping` between two of them. */
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
