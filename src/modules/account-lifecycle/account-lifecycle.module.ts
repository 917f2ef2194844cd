import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CredentialRevocationModule } from '../credential-revocation/credential-revocation.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { TwoFactorModule } from '../two-factor/two-factor.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccountDeletionService } from './account-deletion.service.js';
import { AccountRestorationService } from './account-restoration.service.js';
import { ErasureRepository } from './erasure/erasure.repository.js';
import { ErasureService } from './erasure/erasure.service.js';
import { TenantErasureService } from './erasure/tenant-erasure.service.js';
import { AccountSectionsRepository } from './export/account-sections.repository.js';
import { ActivitySectionsRepository } from './export/activity-sections.repository.js';
import { ExportRepository } from './export/export.repository.js';
import { ExportService } from './export/export.service.js';
import { HiddenMembershipsService } from './hidden-memberships.service.js';
import { PendingDeletionService } from './pending-deletion.service.js';
import { RestorationLinksService } from './restoration-links.service.js';

@Module({
  imports: [
    AuditModule,
    CredentialRevocationModule,
    MessagingModule,
    PasswordsModule,
    SecretsModule,
    TenantsModule,
    TwoFactorModule,
    UsersModule,
  ],
  providers: [
    AccountDeletionService,
    AccountRestorationService,
    RestorationLinksService,
    ErasureService,
    TenantErasureService,
    ExportService,
    HiddenMembershipsService,
    PendingDeletionService,
    ErasureRepository,
    AccountSectionsRepository,
    ActivitySectionsRepository,
    ExportRepository,
  ],
  exports: [
    AccountDeletionService,
    AccountRestorationService,
    RestorationLinksService,
    ErasureService,
    ExportService,
    TenantErasureService,
  ],
})
export class AccountLifecycleModule {}
