import { Inject, Injectable } from '@nestjs/common';
import { PeriodicSweep } from '../../../common/periodic-sweep.js';
import { CONFIG, type Config } from '../../../config/config.js';
import { MonthsRepository } from '../../partitions/months.repository.js';
import { MessageRecordsRepository } from '../message-records.repository.js';
import { SmsSpendingRepository } from '../spending/sms-spending.repository.js';

const BATCH = 1_000;
/** Of the shortest month. */
const DAYS_OF_MONTH = 28;

/**
 * Adds the coming months to the table of messages, and deletes messages MESSAGES_DAYS after their creation, or
 * MESSAGES_EXPIRED_DAYS after their expiry, whichever is earlier. What remains of a month is dropped when all of it is
 * older than that.
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

  /** Deletes in batches for as long as they are full. Safe on several servers at once. */
  async sweep(): Promise<void> {
    await this.months.add('messages');
    await this.spending.deleteOld();
    const { MESSAGES_DAYS: daysKept, MESSAGES_EXPIRED_DAYS, isProduction } = this.config;
    const daysKeptExpired = MESSAGES_EXPIRED_DAYS ?? (isProduction ? 7 : daysKept);
    let deleted = BATCH;
    while (deleted === BATCH && !this.isStopping)
      deleted = await this.records.deleteOld({ daysKept, daysKeptExpired, limit: BATCH });
    const monthsKept = Math.ceil(daysKept / DAYS_OF_MONTH);
    for (const month of await this.months.list('messages')) {
      if (month.age >= monthsKept) await this.months.drop('messages', month);
    }
  }
}
