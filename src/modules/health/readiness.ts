import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.js';
import { CLOCK, type Clock, clockSkewSeconds, describeClockSkew } from './clock-skew.js';
import { Draining } from './draining.js';
import { ReadinessRepository } from './readiness.repository.js';
import { SingleFlight } from './single-flight.js';

/** A load balancer that waits for longer keeps on sending requests meanwhile. */
const MAX_PRODUCTION_SECONDS = 2;

/** The readiness check of this server. */
@Injectable()
export class Readiness implements OnApplicationBootstrap {
  private readonly logger = new Logger('Readiness');
  private readonly check: SingleFlight<boolean>;
  private isMigrated = false;
  private skewSeconds: number | null = null;

  constructor(
    private readonly repository: ReadinessRepository,
    private readonly draining: Draining,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) { DATABASE_CONNECT_SECONDS: configured, isProduction }: Config,
  ) {
    const seconds = isProduction ? Math.min(MAX_PRODUCTION_SECONDS, configured) : configured;
    this.check = new SingleFlight(() => this.canServe(), false, seconds * 1000);
  }

  /** Warns if the clocks of server and database differ noticeably. */
  async onApplicationBootstrap(): Promise<void> {
    await this.check.take();
    const warning = describeClockSkew(this.skewSeconds ?? 0);
    if (warning !== null) this.logger.warn(warning);
  }

  /**
   * False while the server drains. True if no migration is pending, and both pools can write, work as the server's role
   * and apply row-level security as they must. False if they do not answer within DATABASE_CONNECT_SECONDS, in production
   * within 2 seconds at most. Never rejects; concurrent calls share one check.
   */
  async isReady(): Promise<boolean> {
    return !this.draining.isDraining && this.check.take();
  }

  /**
   * Seconds by which this server's clock is certainly ahead of the database's (negative: behind), by the last check that
   * the database answered. Null if there was none.
   */
  get clockSkewSeconds(): number | null {
    return this.skewSeconds;
  }

  private async canServe(): Promise<boolean> {
    this.isMigrated ||= await this.repository.isMigrated();
    if (!this.isMigrated) return false;
    const sentAt = this.clock();
    const [own, acrossTenants] = await Promise.all([
      this.repository.ask().then((answer) => ({ ...answer, answeredAt: this.clock() })),
      this.repository.askAcrossTenants(),
    ]);
    this.skewSeconds = clockSkewSeconds({ sentAt, answeredAt: own.answeredAt, databaseAt: own.time });
    return own.canServe && acrossTenants.canServe;
  }
}
