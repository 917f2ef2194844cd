import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { MembershipsService } from './memberships.service.js';
import { TenantsService } from './tenants.service.js';

@Module({
  imports: [AuditModule],
  providers: [TenantsService, MembershipsService],
  exports: [TenantsService, MembershipsService],
})
export class TenantsModule {}
