import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { PartitionsModule } from '../partitions/partitions.module.js';
import { AuditRetentionService } from './audit-retention.service.js';
import { HousekeepingRepository } from './housekeeping.repository.js';
import { HousekeepingService } from './housekeeping.service.js';

@Module({
  imports: [AuditModule, PartitionsModule],
  providers: [AuditRetentionService, HousekeepingRepository, HousekeepingService],
  exports: [HousekeepingService],
})
export class RetentionModule {}
