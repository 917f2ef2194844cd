import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { OtpModule } from '../otp/otp.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { AuthorizationService } from './authorization.service.js';
import { MemberAccessService } from './member-access.service.js';
import { MemberAuthorityService } from './member-authority.service.js';
import { MemberChangesService } from './member-changes.service.js';
import { MemberCredentialsService } from './member-credentials.service.js';
import { MembersService } from './members.service.js';
import { MembershipsRepository } from './memberships.repository.js';
import { MembershipsService } from './memberships.service.js';
import { MembershipsOfPersonRepository } from './memberships-of-person.repository.js';
import { OrganisationsService } from './organisations.service.js';
import { RoleRemovalService } from './role-removal.service.js';
import { RolesService } from './roles.service.js';
import { TenantSettingsService } from './tenant-settings.service.js';
import { TenantsService } from './tenants.service.js';

@Module({
  imports: [AuditModule, OtpModule, SecretsModule, SessionsModule, UsersModule],
  providers: [
    TenantsService,
    MembershipsService,
    OrganisationsService,
    AuthorizationService,
    MemberAuthorityService,
    TenantSettingsService,
    MembersService,
    MemberChangesService,
    MemberCredentialsService,
    MemberAccessService,
    RolesService,
    RoleRemovalService,
    MembershipsRepository,
    MembershipsOfPersonRepository,
  ],
  exports: [
    TenantsService,
    MembershipsService,
    OrganisationsService,
    AuthorizationService,
    MemberAuthorityService,
    TenantSettingsService,
    MembersService,
    MemberChangesService,
    MemberCredentialsService,
    MemberAccessService,
    RolesService,
    RoleRemovalService,
    MembershipsRepository,
    MembershipsOfPersonRepository,
  ],
})
export class TenantsModule {}
