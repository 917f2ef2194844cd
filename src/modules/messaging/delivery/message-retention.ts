import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import { MessageRecordsRepository } from '../message-records.repository.js';
import { SmsSpendingRepository } from '../spending/sms-spending.repository.js';

const INTERVAL_MS = 10 * 60_000;
const BATCH = 1_000;
const MAX_BATCHES = 20;
const DAYS_KEPT = 30;
const DAYS_KEPT_EXPIRED = { production: 7, otherwise: DAYS_KEPT };

/**
 * Deletes messages 30 days after their creation; in production also a week after their expiry, whichever is earlier.
 */
@Injectable()
export class MessageRetention implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('MessageRetention');
  private timer: NodeJS.Timeout | null = null;
  private sweeping: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly records: MessageRecordsRepository,
    private readonly spending: SmsSpendingRepository,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.sweeping = this.sweep().catch((error: unknown) => {
        this.logger.warn(`Old messages were not deleted: ${String((error as Error).message)}`);
      });
    }, INTERVAL_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.sweeping;
  }

  /** Deletes a bounded number of batches; the next sweep deletes the rest. Returns the number of deleted messages. */
  async sweep(): Promise<number> {
    const daysKeptExpired = DAYS_KEPT_EXPIRED[this.config.isProduction ? 'production' : 'otherwise'];
    await this.spending.deleteOld();
    let total = 0;
    for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
      const limits = { daysKept: DAYS_KEPT, daysKeptExpired, limit: BATCH };
      const deleted = await this.records.deleteOld(limits);
      total += deleted;
      if (deleted < BATCH) break;
    }
    return total;
  }
}
