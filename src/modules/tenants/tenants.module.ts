import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { AuthorizationService } from './authorization.service.js';
import { MembershipsService } from './memberships.service.js';
import { OrganisationsService } from './organisations.service.js';
import { TenantsService } from './tenants.service.js';

@Module({
  imports: [AuditModule, SessionsModule, UsersModule],
  providers: [TenantsService, MembershipsService, OrganisationsService, AuthorizationService],
  exports: [TenantsService, MembershipsService, OrganisationsService, AuthorizationService],
})
export class TenantsModule {}
