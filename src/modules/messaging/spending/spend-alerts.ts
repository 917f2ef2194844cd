import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { Metrics } from '../../metrics/metrics.js';
import type { SmsAlert } from '../../metrics/sms-words.js';
import { RAISE_ALERT } from './spending.queries.js';

/** How long the operator is told of one budget, or one hold, only once. */
const QUIET_SECONDS = { budget: 86_400, hold: 3_600 };

export interface Alert {
  reason: SmsAlert;
  /** Which budget or hold, in the database and nowhere else. */
  scope: string;
  /** For the log: no recipient, no address. */
  about: Record<string, string | number | null>;
}

/**
 * Tells the operator, once for all servers, that a budget is spent or a hold began: a warning in the log and a step of
 * a metric. Beside the transaction that met it and on a connection of its own, so that it neither takes the request's
 * time nor ends with a rollback.
 */
@Injectable()
export class SpendAlerts implements OnApplicationShutdown {
  private readonly logger = new Logger('SpendGuard');
  private readonly raising = new Map<string, Promise<void>>();

  constructor(
    private readonly database: Database,
    private readonly metrics: Metrics,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.settled();
  }

  /** Once whatever is being told has been. */
  async settled(): Promise<void> {
    await Promise.all(this.raising.values());
  }

  raise(alert: Alert): void {
    if (this.raising.has(alert.scope)) return;
    const raised = this.tell(alert)
      .catch((error: unknown) => {
        this.logger.warn(`An alert was not raised: ${String((error as Error).message)}`);
      })
      .finally(() => this.raising.delete(alert.scope));
    this.raising.set(alert.scope, raised);
  }

  private async tell({ reason, scope, about }: Alert): Promise<void> {
    const isHold = reason === 'verification_ratio';
    const quiet = isHold ? QUIET_SECONDS.hold : QUIET_SECONDS.budget;
    const first = await this.database.manager.query<unknown[]>(RAISE_ALERT, [scope, quiet]);
    if (first.length === 0) return;
    this.metrics.countSmsAlert(reason);
    this.logger.warn({ event: isHold ? 'sms_hold_began' : 'sms_budget_spent', reason, ...about });
  }
}
