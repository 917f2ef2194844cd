import { type OnApplicationShutdown } from '@nestjs/common';
import { type ThrottlerStorage, ThrottlerStorageService } from '@nestjs/throttler';
import { askPrimary } from '../common/workers.js';

type Count = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** Rate limits that the workers of one server share: their primary counts. If it does not answer, this process does. */
export class PrimaryRateStorage implements ThrottlerStorage, OnApplicationShutdown {
  private readonly own = new ThrottlerStorageService();

  async increment(...limit: Parameters<ThrottlerStorage['increment']>): Promise<Count> {
    try {
      return (await askPrimary({ topic: 'count', limit })) as Count;
    } catch {
      return this.own.increment(...limit);
    }
  }

  onApplicationShutdown(): void {
    this.own.onApplicationShutdown();
  }
}
