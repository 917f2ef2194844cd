import { Module } from '@nestjs/common';
import { AttemptsModule } from '../attempts/attempts.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { ClientAuthenticationService } from './client-authentication.service.js';
import { ClientTokensService } from './client-tokens.service.js';
import { ServiceAccountIssuanceService } from './service-account-issuance.service.js';
import { ServiceAccountStatesRepository } from './service-account-states.repository.js';
import { ServiceAccountsRepository } from './service-accounts.repository.js';
import { ServiceAccountsService } from './service-accounts.service.js';

/** Machine clients: OAuth 2.0 clients of the client credentials grant. */
@Module({
  imports: [AttemptsModule, AuditModule, SessionsModule, TenantsModule],
  providers: [
    ServiceAccountsService,
    ServiceAccountIssuanceService,
    ClientAuthenticationService,
    ClientTokensService,
    ServiceAccountsRepository,
    ServiceAccountStatesRepository,
  ],
  exports: [
    ServiceAccountsService,
    ServiceAccountIssuanceService,
    ServiceAccountsRepository,
    ClientTokensService,
  ],
})
export class ServiceAccountsModule {}
