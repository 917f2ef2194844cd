import { Module } from '@nestjs/common';
import { AttemptsModule } from '../attempts/attempts.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { OtpService } from './otp.service.js';
import { OtpChallengesRepository } from './otp-challenges.repository.js';
import { OtpCodes } from './otp-codes.js';

@Module({
  imports: [AttemptsModule, AuditModule, MessagingModule],
  providers: [OtpService, OtpCodes, OtpChallengesRepository],
  exports: [OtpService],
})
export class OtpModule {}
