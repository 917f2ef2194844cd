import { Module } from '@nestjs/common';
import { MessagingModule } from '../../modules/messaging/messaging.module.js';
import { OperatorAccountsModule } from '../../modules/operator-accounts/operator-accounts.module.js';
import { OperatorsModule } from '../../modules/operators/operators.module.js';
import { AuditRecordsController } from './audit/audit-records.controller.js';
import { OperatorAuthController } from './auth/operator-auth.controller.js';
import { ConsoleModule } from './console/console.module.js';
import { CredentialsController } from './credentials/credentials.controller.js';
import { LimitsController } from './limits/limits.controller.js';
import { MessagesController } from './messages/messages.controller.js';
import { OverviewController } from './overview/overview.controller.js';
import { PeopleController } from './people/people.controller.js';
import { PeopleActsController } from './people/people-acts.controller.js';
import { TenantsController } from './tenants/tenants.controller.js';

/** Request and response shapes, and the console that uses them: every rule is in the core modules. */
@Module({
  imports: [ConsoleModule, MessagingModule, OperatorAccountsModule, OperatorsModule],
  controllers: [
    OperatorAuthController,
    OverviewController,
    TenantsController,
    PeopleController,
    PeopleActsController,
    CredentialsController,
    MessagesController,
    AuditRecordsController,
    LimitsController,
  ],
})
export class PlatformModule {}
