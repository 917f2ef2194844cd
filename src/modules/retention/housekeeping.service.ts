import { Inject, Injectable } from '@nestjs/common';
import { PeriodicSweep } from '../../common/periodic-sweep.js';
import { CONFIG, type Config } from '../../config/config.js';
import { HousekeepingRepository } from './housekeeping.repository.js';
import { type RetentionRule, retentionRules } from './retention-rules.js';

const BATCH = 1_000;

/**
 * Deletes rows that `retentionRules` says nobody needs: old codes, links, pending sign-ins, trusted devices, counted
 * failures, API keys, sessions, signing keys and stored answers.
 */
@Injectable()
export class HousekeepingService extends PeriodicSweep {
  constructor(
    private readonly rows: HousekeepingRepository,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    super();
  }

  /**
   * Deletes in batches for as long as they are full, so that it keeps up with whatever expires. Safe on several servers at
   * once.
   */
  async sweep(): Promise<void> {
    for (const rule of retentionRules(this.config)) await this.apply(rule);
  }

  private async apply(rule: RetentionRule): Promise<void> {
    let deleted = BATCH;
    while (deleted === BATCH && !this.isStopping) deleted = await this.rows.deleteBatch(rule, BATCH);
  }
}
