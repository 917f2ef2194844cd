import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Metrics } from '../../metrics/metrics.js';
import type { SmsAlert } from '../../metrics/sms-words.js';
import { SmsSpendingRepository } from './sms-spending.repository.js';

/** For how long one budget or hold is reported to the operator only once. */
const QUIET_SECONDS = { budget: 86_400, hold: 3_600 };

export interface Alert {
  reason: SmsAlert;
  /** Identifies the budget or hold in the database; not logged. */
  scope: string;
  /** For the log: must not contain a recipient or a client address. */
  about: Record<string, string | number | null>;
}

/**
 * Reports to the operator, once for all servers, that a budget is used up or a hold began: by a warning in the log and
 * a metric. Runs outside the caller's transaction, on its own connection: it does not delay the request, and a rollback
 * does not undo it.
 */
@Injectable()
export class SpendAlerts implements OnApplicationShutdown {
  private readonly logger = new Logger('SpendGuard');
  private readonly raising = new Map<string, Promise<void>>();

  constructor(
    private readonly spending: SmsSpendingRepository,
    private readonly metrics: Metrics,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.settled();
  }

  /** Resolves when all pending alerts are raised. */
  async settled(): Promise<void> {
    await Promise.all(this.raising.values());
  }

  /** Returns at once and never throws; a failure is logged. */
  raise(alert: Alert): void {
    if (this.raising.has(alert.scope)) return;
    const raised = this.report(alert)
      .catch((error: unknown) => {
        this.logger.warn(`An alert was not raised: ${String((error as Error).message)}`);
      })
      .finally(() => this.raising.delete(alert.scope));
    this.raising.set(alert.scope, raised);
  }

  private async report({ reason, scope, about }: Alert): Promise<void> {
    const isHold = reason === 'verification_ratio';
    const quietSeconds = isHold ? QUIET_SECONDS.hold : QUIET_SECONDS.budget;
    if (!(await this.spending.raiseAlert({ scope, quietSeconds }))) return;
    this.metrics.countSmsAlert(reason);
    this.logger.warn({ event: isHold ? 'sms_hold_began' : 'sms_budget_spent', reason, ...about });
  }
}
