import { Module } from '@nestjs/common';
import { AuditService } from './audit.service.js';
import { AuditTrailService } from './audit-trail.service.js';
import { RefusalTrail } from './refusal-trail.js';

@Module({
  providers: [AuditService, AuditTrailService, RefusalTrail],
  exports: [AuditService, AuditTrailService, RefusalTrail],
})
export class AuditModule {}
