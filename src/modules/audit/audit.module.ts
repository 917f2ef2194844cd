import { Module } from '@nestjs/common';
import { AuditService } from './audit.service.js';
import { AuditEventsRepository } from './audit-events.repository.js';
import { AuditMonthsRepository } from './audit-months.repository.js';
import { AuditTrailRepository } from './audit-trail.repository.js';
import { AuditTrailService } from './audit-trail.service.js';
import { DenialAudit } from './denial-audit.js';

@Module({
  providers: [
    AuditEventsRepository,
    AuditMonthsRepository,
    AuditTrailRepository,
    AuditService,
    AuditTrailService,
    DenialAudit,
  ],
  exports: [AuditMonthsRepository, AuditService, AuditTrailService, DenialAudit],
})
export class AuditModule {}
