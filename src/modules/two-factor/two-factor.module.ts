import { Module } from '@nestjs/common';
import { AttemptsModule } from '../attempts/attempts.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { EncryptedSeedsRepository } from './encrypted-seeds.repository.js';
import { EnrolmentService } from './enrolment.service.js';
import { ImportedFactorsRepository } from './imported-factors.repository.js';
import { ImportedFactorsService } from './imported-factors.service.js';
import { RecoveryCodesRepository } from './recovery-codes.repository.js';
import { RecoveryCodesService } from './recovery-codes.service.js';
import { SecondFactorService } from './second-factor.service.js';
import { SecondFactorCodesService } from './second-factor-codes.service.js';
import { SecondFactorResetService } from './second-factor-reset.service.js';
import { StepUpService } from './step-up.service.js';
import { TotpFactorsRepository } from './totp-factors.repository.js';
import { TotpFactorsService } from './totp-factors.service.js';
import { TrustedDevicesRepository } from './trusted-devices.repository.js';
import { TrustedDevicesService } from './trusted-devices.service.js';
import { TwoFactorService } from './two-factor.service.js';
import { TwoFactorChangesService } from './two-factor-changes.service.js';

@Module({
  imports: [
    AttemptsModule,
    AuditModule,
    MessagingModule,
    PasswordsModule,
    SecretsModule,
    SessionsModule,
    UsersModule,
  ],
  providers: [
    EnrolmentService,
    ImportedFactorsRepository,
    ImportedFactorsService,
    RecoveryCodesService,
    SecondFactorCodesService,
    SecondFactorResetService,
    SecondFactorService,
    StepUpService,
    TotpFactorsService,
    TrustedDevicesService,
    TwoFactorService,
    TwoFactorChangesService,
    RecoveryCodesRepository,
    EncryptedSeedsRepository,
    TotpFactorsRepository,
    TrustedDevicesRepository,
  ],
  exports: [
    EncryptedSeedsRepository,
    EnrolmentService,
    ImportedFactorsService,
    SecondFactorResetService,
    SecondFactorService,
    StepUpService,
    TrustedDevicesService,
    TwoFactorService,
  ],
})
export class TwoFactorModule {}
