import { Module } from '@nestjs/common';
import { AuditService } from './audit.service.js';
import { AuditTrailService } from './audit-trail.service.js';
import { DenialAudit } from './denial-audit.js';

@Module({
  providers: [AuditService, AuditTrailService, DenialAudit],
  exports: [AuditService, AuditTrailService, DenialAudit],
})
export class AuditModule {}
