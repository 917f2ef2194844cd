import { Module } from '@nestjs/common';
import { AccountLifecycleModule } from '../account-lifecycle/account-lifecycle.module.js';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { AttemptsModule } from '../attempts/attempts.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { CredentialRevocationModule } from '../credential-revocation/credential-revocation.module.js';
import { IdentifiersModule } from '../identifiers/identifiers.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { OtpModule } from '../otp/otp.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { ProfileModule } from '../profile/profile.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { TwoFactorModule } from '../two-factor/two-factor.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccountService } from './account.service.js';
import { AccountLookupService } from './account-lookup.service.js';
import { AccountsRepository } from './accounts.repository.js';
import { EmailRevertService } from './email-revert.service.js';
import { FormerIdentifierService } from './former-identifier.service.js';
import { OtpSignInService } from './otp-sign-in.service.js';
import { PasswordChangeService } from './password-change.service.js';
import { PasswordChangeConsequencesService } from './password-change-consequences.service.js';
import { PasswordCompletionService } from './password-completion.service.js';
import { PasswordResetService } from './password-reset.service.js';
import { PasswordSignInService } from './password-sign-in.service.js';
import { RecoveredPasswordService } from './recovered-password.service.js';
import { RecoveryService } from './recovery.service.js';
import { RecoveryConsequencesService } from './recovery-consequences.service.js';
import { RecoveryLinksService } from './recovery-links.service.js';
import { RegistrationService } from './registration.service.js';
import { SecondFactorSignInService } from './second-factor-sign-in.service.js';
import { SignInService } from './sign-in.service.js';
import { SignInCodesService } from './sign-in-codes.service.js';
import { SignInCounts } from './sign-in-counts.js';
import { SignOutService } from './sign-out.service.js';
import { SignupService } from './signup.service.js';
import { SignupTicketsService } from './signup-tickets.service.js';
import { TenantCreationService } from './tenant-creation.service.js';

@Module({
  imports: [
    ApiKeysModule,
    AttemptsModule,
    AuditModule,
    CredentialRevocationModule,
    IdentifiersModule,
    AccountLifecycleModule,
    MessagingModule,
    OtpModule,
    PasswordsModule,
    ProfileModule,
    SecretsModule,
    SessionsModule,
    TenantsModule,
    TwoFactorModule,
    UsersModule,
  ],
  providers: [
    FormerIdentifierService,
    PasswordChangeConsequencesService,
    RecoveredPasswordService,
    AccountService,
    AccountLookupService,
    AccountsRepository,
    RegistrationService,
    SignupService,
    OtpSignInService,
    PasswordCompletionService,
    PasswordSignInService,
    SecondFactorSignInService,
    SignInCodesService,
    SignInCounts,
    SignInService,
    SignOutService,
    SignupTicketsService,
    TenantCreationService,
    PasswordChangeService,
    RecoveryService,
    RecoveryConsequencesService,
    RecoveryLinksService,
    PasswordResetService,
    EmailRevertService,
  ],
  exports: [
    AccountService,
    RegistrationService,
    SignupService,
    OtpSignInService,
    PasswordSignInService,
    SecondFactorSignInService,
    SignInCounts,
    SignInService,
    SignOutService,
    PasswordChangeService,
    RecoveryLinksService,
    RecoveryService,
    PasswordResetService,
    EmailRevertService,
  ],
})
export class AuthModule {}
