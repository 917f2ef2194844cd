import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { OtpModule } from '../otp/otp.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { AuthorizationService } from './authorization.service.js';
import { DeletedTenantsRepository } from './deleted-tenants.repository.js';
import { ImportedTenantsRepository } from './imported-tenants.repository.js';
import { ImportedTenantsService } from './imported-tenants.service.js';
import { MemberAccessService } from './member-access.service.js';
import { MemberAuthorityRepository } from './member-authority.repository.js';
import { MemberAuthorityService } from './member-authority.service.js';
import { MemberChangesService } from './member-changes.service.js';
import { MemberCredentialsRepository } from './member-credentials.repository.js';
import { MemberCredentialsService } from './member-credentials.service.js';
import { MembersRepository } from './members.repository.js';
import { MembersService } from './members.service.js';
import { MembershipsRepository } from './memberships.repository.js';
import { MembershipsService } from './memberships.service.js';
import { MembershipsOfPersonRepository } from './memberships-of-person.repository.js';
import { OrganisationDepartureService } from './organisation-departure.service.js';
import { OrganisationsRepository } from './organisations.repository.js';
import { OrganisationsService } from './organisations.service.js';
import { OwnersRepository } from './owners.repository.js';
import { PlacementsRepository } from './placements.repository.js';
import { RolesRepository } from './roles.repository.js';
import { RolesService } from './roles.service.js';
import { TeamMembersRepository } from './team-members.repository.js';
import { TenantSettingsRepository } from './tenant-settings.repository.js';
import { TenantSettingsService } from './tenant-settings.service.js';
import { TenantsRepository } from './tenants.repository.js';
import { TenantsService } from './tenants.service.js';

@Module({
  imports: [AuditModule, OtpModule, SecretsModule, SessionsModule, UsersModule],
  providers: [
    ImportedTenantsRepository,
    ImportedTenantsService,
    TenantsService,
    MembershipsService,
    OrganisationsService,
    OrganisationDepartureService,
    AuthorizationService,
    MemberAuthorityService,
    TenantSettingsService,
    MembersService,
    MemberChangesService,
    MemberCredentialsService,
    MemberAccessService,
    RolesService,
    DeletedTenantsRepository,
    MembershipsRepository,
    MemberAuthorityRepository,
    MemberCredentialsRepository,
    MembersRepository,
    OrganisationsRepository,
    OwnersRepository,
    PlacementsRepository,
    RolesRepository,
    TeamMembersRepository,
    TenantSettingsRepository,
    TenantsRepository,
    MembershipsOfPersonRepository,
  ],
  exports: [
    TenantSettingsRepository,
    ImportedTenantsRepository,
    ImportedTenantsService,
    TenantsService,
    MembershipsService,
    OrganisationsService,
    OrganisationDepartureService,
    AuthorizationService,
    MemberAuthorityService,
    TenantSettingsService,
    MembersService,
    MemberChangesService,
    MemberCredentialsService,
    MemberAccessService,
    RolesService,
    DeletedTenantsRepository,
    MembershipsRepository,
    OwnersRepository,
    RolesRepository,
    TeamMembersRepository,
    TenantsRepository,
    MembershipsOfPersonRepository,
  ],
})
export class TenantsModule {}
