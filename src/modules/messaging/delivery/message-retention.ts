import { Inject, Injectable } from '@nestjs/common';
import { PeriodicSweep } from '../../../common/periodic-sweep.js';
import { CONFIG, type Config } from '../../../config/config.js';
import { MonthsRepository } from '../../partitions/months.repository.js';
import { MessageRecordsRepository } from '../message-records.repository.js';
import { SmsSpendingRepository } from '../spending/sms-spending.repository.js';

const BATCH = 1_000;
const MAX_BATCHES = 20;
const DAYS_KEPT = 30;
/** All their messages are older than DAYS_KEPT then. */
const MONTHS_KEPT = 2;
const DAYS_KEPT_EXPIRED = { production: 7, otherwise: DAYS_KEPT };

/**
 * Adds the coming months to the table of messages, and deletes messages 30 days after their creation; in production also
 * a week after their expiry, whichever is earlier. What remains of a month is dropped two months after its end.
 */
@Injectable()
export class MessageRetention extends PeriodicSweep {
  constructor(
    private readonly records: MessageRecordsRepository,
    private readonly spending: SmsSpendingRepository,
    private readonly months: MonthsRepository,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    super();
  }

  /** Deletes a bounded number of batches; the next sweep deletes the rest. Safe on several servers at once. */
  async sweep(): Promise<void> {
    await this.months.add('messages');
    await this.spending.deleteOld();
    const daysKeptExpired = DAYS_KEPT_EXPIRED[this.config.isProduction ? 'production' : 'otherwise'];
    const limits = { daysKept: DAYS_KEPT, daysKeptExpired, limit: BATCH };
    for (let batch = 0; batch < MAX_BATCHES && !this.isStopping; batch += 1) {
      if ((await this.records.deleteOld(limits)) < BATCH) break;
    }
    for (const month of await this.months.list('messages')) {
      if (month.age >= MONTHS_KEPT) await this.months.drop('messages', month);
    }
  }
}
