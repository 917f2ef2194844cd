import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CredentialRevocationModule } from '../credential-revocation/credential-revocation.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { ServiceAccountsModule } from '../service-accounts/service-accounts.module.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { TwoFactorModule } from '../two-factor/two-factor.module.js';
import { UsersModule } from '../users/users.module.js';
import { OperatorTargets } from './operator-targets.service.js';
import { OperatorTrail } from './operator-trail.service.js';
import { PersonSignOutService } from './person-sign-out.service.js';
import { ProductAccountsService } from './product-accounts.service.js';
import { SecondFactorRemovalService } from './second-factor-removal.service.js';
import { TenantSuspensionService } from './tenant-suspension.service.js';

/** What operators do, by `npm run admin`. No endpoint reaches it. */
@Module({
  imports: [
    AuditModule,
    CredentialRevocationModule,
    MessagingModule,
    ServiceAccountsModule,
    TenantsModule,
    TwoFactorModule,
    UsersModule,
  ],
  providers: [
    OperatorTargets,
    OperatorTrail,
    PersonSignOutService,
    ProductAccountsService,
    SecondFactorRemovalService,
    TenantSuspensionService,
  ],
  exports: [
    OperatorTargets,
    PersonSignOutService,
    ProductAccountsService,
    SecondFactorRemovalService,
    TenantSuspensionService,
  ],
})
export class OperatorsModule {}
