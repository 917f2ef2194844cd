import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { BulkInvitationsService } from './bulk-invitations.service.js';
import { InvitationLinksService } from './invitation-links.service.js';
import { InvitationManagementService } from './invitation-management.service.js';
import { InvitationOffersRepository } from './invitation-offers.repository.js';
import { InvitationPolicyService } from './invitation-policy.service.js';
import { InvitationsRepository } from './invitations.repository.js';
import { InvitationsService } from './invitations.service.js';

@Module({
  imports: [IdempotencyModule, AuditModule, MessagingModule, SecretsModule, TenantsModule],
  providers: [
    BulkInvitationsService,
    InvitationsService,
    InvitationLinksService,
    InvitationManagementService,
    InvitationPolicyService,
    InvitationsRepository,
    InvitationOffersRepository,
  ],
  exports: [
    BulkInvitationsService,
    InvitationsService,
    InvitationLinksService,
    InvitationManagementService,
    InvitationsRepository,
  ],
})
export class InvitationsModule {}
