import { setTimeout as delay } from 'node:timers/promises';

/** Whoever scrapes gives up after ten seconds, and wants to know the rest. */
const PATIENCE_MS = 2_000;

/** A look at something slow, for any number of watchers: at most one goes on at a time. */
export class SingleFlight<T> {
  private underway: Promise<T> | null = null;

  /** `unknown` is the answer where the look fails, or takes longer than `patienceMs`. */
  constructor(
    private readonly look: () => Promise<T>,
    private readonly unknown: T,
    private readonly patienceMs: number = PATIENCE_MS,
  ) {}

  /** Never throws. A look that takes too long goes on, shared by whoever asks next, and until it ends no other begins. */
  async take(): Promise<T> {
    this.underway ??= this.look()
      .catch(() => this.unknown)
      .finally(() => {
        this.underway = null;
      });
    const over = new AbortController();
    const unknown = delay(this.patienceMs, this.unknown, { signal: over.signal }).catch(() => this.unknown);
    try {
      return await Promise.race([this.underway, unknown]);
    } finally {
      over.abort();
    }
  }
}
