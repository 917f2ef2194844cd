import { Module } from '@nestjs/common';
import { AccessModule } from '../../access/access.module.js';
import { AcceptanceModule } from '../../modules/acceptance/acceptance.module.js';
import { AccountLifecycleModule } from '../../modules/account-lifecycle/account-lifecycle.module.js';
import { ApiKeysModule } from '../../modules/api-keys/api-keys.module.js';
import { AuditModule } from '../../modules/audit/audit.module.js';
import { AuthModule } from '../../modules/auth/auth.module.js';
import { GroupsModule } from '../../modules/groups/groups.module.js';
import { IdempotencyModule } from '../../modules/idempotency/idempotency.module.js';
import { InvitationsModule } from '../../modules/invitations/invitations.module.js';
import { ProfileModule } from '../../modules/profile/profile.module.js';
import { ServiceAccountsModule } from '../../modules/service-accounts/service-accounts.module.js';
import { SessionsModule } from '../../modules/sessions/sessions.module.js';
import { TenantsModule } from '../../modules/tenants/tenants.module.js';
import { TwoFactorModule } from '../../modules/two-factor/two-factor.module.js';
import { UsersModule } from '../../modules/users/users.module.js';
import { AccountLifecycleController } from './account-lifecycle/account-lifecycle.controller.js';
import { ApiKeysController } from './api-keys/api-keys.controller.js';
import { AuditEventsController } from './audit/audit-events.controller.js';
import { PasswordController } from './auth/password.controller.js';
import { RecoveryController } from './auth/recovery.controller.js';
import { SessionsController } from './auth/sessions.controller.js';
import { SignInController } from './auth/sign-in.controller.js';
import { SignOutController } from './auth/sign-out.controller.js';
import { AuthorizationController } from './authorization/authorization.controller.js';
import { GatewayController } from './authorization/gateway.controller.js';
import { DepartmentsController } from './departments/departments.controller.js';
import { InvitationsController } from './invitations/invitations.controller.js';
import { ManagedInvitationsController } from './invitations/managed-invitations.controller.js';
import { OrganisationsController } from './organisations/organisations.controller.js';
import { OtpController } from './otp/otp.controller.js';
import { ServiceAccountsController } from './service-accounts/service-accounts.controller.js';
import { TeamsController } from './teams/teams.controller.js';
import { MembersController } from './tenants/members.controller.js';
import { RolesController } from './tenants/roles.controller.js';
import { TenantController } from './tenants/tenant.controller.js';
import { TrustedDevicesController } from './two-factor/trusted-devices.controller.js';
import { TwoFactorController } from './two-factor/two-factor.controller.js';
import { EmailChangeController } from './users/email-change.controller.js';
import { EmailVerificationController } from './users/email-verification.controller.js';
import { ProfileController } from './users/profile.controller.js';

/** The complete API, at the root path: camelCase, bare objects, RFC 9457 problems. */
@Module({
  imports: [
    AcceptanceModule,
    AccessModule,
    ApiKeysModule,
    AuditModule,
    AuthModule,
    GroupsModule,
    IdempotencyModule,
    InvitationsModule,
    AccountLifecycleModule,
    ProfileModule,
    ServiceAccountsModule,
    SessionsModule,
    TenantsModule,
    TwoFactorModule,
    UsersModule,
  ],
  // In the order in which a new reader tries the documented operations
  controllers: [
    SignInController,
    OtpController,
    ProfileController,
    EmailVerificationController,
    OrganisationsController,
    InvitationsController,
    MembersController,
    RolesController,
    TenantController,
    ManagedInvitationsController,
    DepartmentsController,
    TeamsController,
    ApiKeysController,
    ServiceAccountsController,
    AuthorizationController,
    GatewayController,
    AuditEventsController,
    AccountLifecycleController,
    SessionsController,
    TwoFactorController,
    TrustedDevicesController,
    PasswordController,
    SignOutController,
    RecoveryController,
    EmailChangeController,
  ],
})
export class PrimaryModule {}
