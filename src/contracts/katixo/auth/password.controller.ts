import { Body, Controller, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { RateLimit } from '../../../access/rate-limit.js';
import { CurrentOrigin } from '../../../access/request.js';
import type { RequestOrigin } from '../../../common/request-origin.js';
import { PasswordResetService } from '../../../modules/auth/password-reset.service.js';
import { RecoveryService } from '../../../modules/auth/recovery.service.js';
import { OTP_PROBLEMS } from '../../../modules/otp/otp.errors.js';
import { PASSWORD_PROBLEMS } from '../../../modules/passwords/passwords.errors.js';
import { HASHING } from '../../shared/hashing.js';
import { Operation } from '../envelope/operation.js';
import { OtpScheduleDto } from './otp.dto.js';
import { ForgotPasswordDto, ResetPasswordDto } from './password.dto.js';

@ApiTags('Password recovery')
@Controller('auth')
export class PasswordController {
  constructor(
    private readonly recovery: RecoveryService,
    private readonly resetting: PasswordResetService,
  ) {}

  @Post('forgot-password')
  @Authorize.public('Somebody who lost the password cannot sign in')
  @RateLimit('recovery')
  @Operation('Request a password reset OTP', {
    status: 200,
    message: 'If the phone number exists, a reset OTP has been sent.',
    returns: OtpScheduleDto,
    problems: ['validation_failed'],
  })
  async forgotPassword(
    @CurrentOrigin() origin: RequestOrigin,
    @Body() { phone }: ForgotPasswordDto,
  ): Promise<OtpScheduleDto> {
    return OtpScheduleDto.from(await this.recovery.requestByCode(phone, origin));
  }

  @Post('reset-password')
  @RouteConfig(HASHING)
  @Authorize.public('Possession of the code is the credential')
  @RateLimit('recovery')
  @Operation('Reset the password with an OTP', {
    status: 200,
    message: 'Password reset successfully',
    description: 'Ends every session and signs nobody in.',
    problems: ['validation_failed', ...PASSWORD_PROBLEMS, ...OTP_PROBLEMS],
  })
  async resetPassword(@CurrentOrigin() origin: RequestOrigin, @Body() body: ResetPasswordDto): Promise<void> {
    const { phone, otp: code, newPassword } = body;
    await this.resetting.reset({ phone, code }, newPassword, origin);
  }
}
