/** So many failures in a row, and the service is left alone for a while. */
const MAX_FAILURES = 5;
const REST_MS = 5_000;

/**
 * Keeps a service that fails from being asked again and again, and messages from spending their tries on it. After
 * a rest one call probes it: success closes the breaker, failure starts another rest.
 */
export class CircuitBreaker {
  private failures = 0;
  private openUntil = 0;

  constructor(private readonly now: () => number = Date.now) {}

  /** How many calls may begin, of `wanted`, beside those under way. */
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
    this.openUntil = this.now() + REST_MS;
  }
}
