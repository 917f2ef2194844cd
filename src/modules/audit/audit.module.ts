import { Module } from '@nestjs/common';
import { AuditService } from './audit.service.js';
import { AuditEventsRepository } from './audit-events.repository.js';
import { AuditTrailRepository } from './audit-trail.repository.js';
import { AuditTrailService } from './audit-trail.service.js';
import { DenialAudit } from './denial-audit.js';

@Module({
  providers: [AuditEventsRepository, AuditTrailRepository, AuditService, AuditTrailService, DenialAudit],
  exports: [AuditService, AuditTrailService, DenialAudit],
})
export class AuditModule {}
