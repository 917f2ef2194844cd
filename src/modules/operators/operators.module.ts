import { Module } from '@nestjs/common';
import { AccountLifecycleModule } from '../account-lifecycle/account-lifecycle.module.js';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { AttemptsModule } from '../attempts/attempts.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { CredentialRevocationModule } from '../credential-revocation/credential-revocation.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { OperatorAccountsModule } from '../operator-accounts/operator-accounts.module.js';
import { ProfileModule } from '../profile/profile.module.js';
import { ServiceAccountsModule } from '../service-accounts/service-accounts.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { TwoFactorModule } from '../two-factor/two-factor.module.js';
import { UsersModule } from '../users/users.module.js';
import { AuditRecordsRepository } from './audit-records.repository.js';
import { CredentialRevokerService } from './credential-revoker.service.js';
import { ImpersonationService } from './impersonation.service.js';
import { LimitsService } from './limits.service.js';
import { OperatorTargets } from './operator-targets.service.js';
import { OperatorTrail } from './operator-trail.service.js';
import { OverviewRepository } from './overview.repository.js';
import { PersonBlockService } from './person-block.service.js';
import { PersonHelpService } from './person-help.service.js';
import { PersonRecordsRepository } from './person-records.repository.js';
import { PersonSignOutService } from './person-sign-out.service.js';
import { ProductAccountsService } from './product-accounts.service.js';
import { RecordsService } from './records.service.js';
import { SecondFactorRemovalService } from './second-factor-removal.service.js';
import { TenantDeletionService } from './tenant-deletion.service.js';
import { TenantRecordsRepository } from './tenant-records.repository.js';
import { TenantSuspensionService } from './tenant-suspension.service.js';

const SERVICES = [
  CredentialRevokerService,
  ImpersonationService,
  LimitsService,
  OperatorTargets,
  PersonBlockService,
  PersonHelpService,
  PersonSignOutService,
  ProductAccountsService,
  RecordsService,
  SecondFactorRemovalService,
  TenantDeletionService,
  TenantSuspensionService,
];

/** What operators do to tenants and people, by `npm run admin` and at the platform's contract. */
@Module({
  imports: [
    AccountLifecycleModule,
    ApiKeysModule,
    AttemptsModule,
    AuditModule,
    CredentialRevocationModule,
    MessagingModule,
    ServiceAccountsModule,
    OperatorAccountsModule,
    ProfileModule,
    SessionsModule,
    TenantsModule,
    TwoFactorModule,
    UsersModule,
  ],
  providers: [
    ...SERVICES,
    AuditRecordsRepository,
    OperatorTrail,
    OverviewRepository,
    PersonRecordsRepository,
    TenantRecordsRepository,
  ],
  exports: [...SERVICES, OperatorTrail],
})
export class OperatorsModule {}
