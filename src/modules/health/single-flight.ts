import { setTimeout as delay } from 'node:timers/promises';

/** Well below the ten seconds after which Prometheus gives up a scrape, so that the other metrics still arrive. */
const TIMEOUT_MS = 2_000;

/** Shares one run of a slow operation among concurrent callers: at most one run is under way at a time. */
export class SingleFlight<T> {
  private underway: Promise<T> | null = null;

  /** `fallback` is returned if the operation fails or takes longer than `timeoutMs`. */
  constructor(
    private readonly operation: () => Promise<T>,
    private readonly fallback: T,
    private readonly timeoutMs: number = TIMEOUT_MS,
  ) {}

  /** Never rejects. A run that times out continues: later callers share it, and no other starts before it ends. */
  async take(): Promise<T> {
    this.underway ??= this.operation()
      .catch(() => this.fallback)
      .finally(() => {
        this.underway = null;
      });
    const timer = new AbortController();
    const timeout = delay(this.timeoutMs, this.fallback, { signal: timer.signal }).catch(() => this.fallback);
    try {
      return await Promise.race([this.underway, timeout]);
    } finally {
      timer.abort();
    }
  }
}
