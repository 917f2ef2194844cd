import { Module } from '@nestjs/common';
import { AttemptsModule } from '../attempts/attempts.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { EnrolmentService } from './enrolment.service.js';
import { RecoveryCodesService } from './recovery-codes.service.js';
import { SecondFactorResetService } from './second-factor-reset.service.js';
import { SecondFactorService } from './second-factor.service.js';
import { TotpFactorsService } from './totp-factors.service.js';
import { TwoFactorService } from './two-factor.service.js';

@Module({
  imports: [AttemptsModule, AuditModule, MessagingModule, PasswordsModule, SessionsModule, UsersModule],
  providers: [
    EnrolmentService,
    RecoveryCodesService,
    SecondFactorResetService,
    SecondFactorService,
    TotpFactorsService,
    TwoFactorService,
  ],
  exports: [
    EnrolmentService,
    SecondFactorResetService,
    SecondFactorService,
    TotpFactorsService,
    TwoFactorService,
  ],
})
export class TwoFactorModule {}
