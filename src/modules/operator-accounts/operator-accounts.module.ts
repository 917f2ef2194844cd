import { Module } from '@nestjs/common';
import { AttemptsModule } from '../attempts/attempts.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { EncryptedOperatorSeedsRepository } from './encrypted-operator-seeds.repository.js';
import { OperatorAccountsService } from './operator-accounts.service.js';
import { OperatorEnrolmentService } from './operator-enrolment.service.js';
import { OperatorSecrets } from './operator-secrets.js';
import { OperatorSessionsRepository } from './operator-sessions.repository.js';
import { OperatorSessionsService } from './operator-sessions.service.js';
import { OperatorSignInService } from './operator-sign-in.service.js';
import { OperatorsRepository } from './operators.repository.js';

/** Operators: a kind of principal of their own, with own sessions. No person is one. */
@Module({
  imports: [AttemptsModule, AuditModule, PasswordsModule],
  providers: [
    EncryptedOperatorSeedsRepository,
    OperatorAccountsService,
    OperatorEnrolmentService,
    OperatorSecrets,
    OperatorSessionsRepository,
    OperatorSessionsService,
    OperatorSignInService,
    OperatorsRepository,
  ],
  exports: [
    EncryptedOperatorSeedsRepository,

    OperatorAccountsService,
    OperatorEnrolmentService,
    OperatorSessionsService,
    OperatorSignInService,
  ],
})
export class OperatorAccountsModule {}
