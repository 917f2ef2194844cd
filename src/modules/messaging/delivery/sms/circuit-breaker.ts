/** The number of consecutive failures that opens the breaker. */
const MAX_FAILURES = 5;
const OPEN_MS = 5_000;

/**
 * Stops calls to a failing service, so that messages do not use up their tries on it. After OPEN_MS one call probes the
 * service: success closes the breaker, failure opens it for another OPEN_MS.
 */
export class CircuitBreaker {
  private failures = 0;
  private openUntil = 0;

  constructor(private readonly now: () => number = Date.now) {}

  /** How many of the `wanted` calls may begin, in addition to those under way. */
  admits(wanted: number, underway: number): number {
    if (this.failures < MAX_FAILURES) return wanted;
    const mayProbe = this.now() >= this.openUntil && underway === 0;
    return mayProbe ? Math.min(1, wanted) : 0;
  }

  succeeded(): void {
    this.failures = 0;
  }

  failed(): void {
    this.failures += 1;
    this.openUntil = this.now() + OPEN_MS;
  }
}
