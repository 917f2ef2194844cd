import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { RateLimit } from '../../../access/rate-limit.js';
import { CurrentActor, CurrentClient } from '../../../access/request.js';
import type { Actor } from '../../../common/actor.js';
import type { Client } from '../../../common/client.js';
import { PasswordChangeService } from '../../../modules/auth/password-change.service.js';
import { PasswordResetService } from '../../../modules/auth/password-reset.service.js';
import { RecoveryService } from '../../../modules/auth/recovery.service.js';
import { Operation } from '../../shared/operation.js';
import { MessageDto } from '../../shared/responses.js';
import {
  ChangePasswordDto,
  ForgotPasswordDto,
  ResetPasswordDto,
  ResetPreviewDto,
  ResetTokenDto,
} from './password.dto.js';

@ApiTags('Password')
@Controller('auth')
export class PasswordController {
  constructor(
    private readonly recovery: RecoveryService,
    private readonly resetting: PasswordResetService,
    private readonly changing: PasswordChangeService,
  ) {}

  @Post('change-password')
  @Authorize.signedIn()
  @Operation('Change your password', {
    status: 200,
    returns: MessageDto,
    description: 'Every other session of yours ends; this one stays.',
    problems: ['validation_failed', 'password_too_weak', 'current_password_incorrect', 'too_many_attempts'],
  })
  async change(@CurrentActor() actor: Actor, @Body() body: ChangePasswordDto): Promise<MessageDto> {
    await this.changing.change(actor, body.currentPassword, body.newPassword);
    return MessageDto.of('Password changed successfully');
  }

  @Post('forgot-password')
  @Authorize.public('Somebody who lost the password cannot sign in')
  @RateLimit('recovery')
  @Operation('Ask for a link, or a code, to reset the password', {
    status: 200,
    returns: MessageDto,
    description:
      'A link goes to an e-mail address, a code to a phone. The answer is the same whether or not it has an account.',
    problems: ['validation_failed', 'rate_limit_exceeded'],
  })
  async forgot(@CurrentClient() client: Client, @Body() body: ForgotPasswordDto): Promise<MessageDto> {
    const { phone, email = '', tenantSlug } = body;
    if (phone !== undefined) {
      await this.recovery.requestByCode(phone, client, tenantSlug);
      return MessageDto.of('If the phone number exists, a reset code has been sent.');
    }
    await this.recovery.request(email, tenantSlug, client);
    return MessageDto.of('If the email exists, a reset link has been sent.');
  }

  @Get('reset-password/validate')
  @Authorize.public('Possession of the link is the credential')
  @RateLimit('link-check')
  @Operation('Look at a reset link without using it', {
    status: 200,
    returns: ResetPreviewDto,
    problems: ['validation_failed', 'reset_token_invalid'],
  })
  async validate(@Query() { token }: ResetTokenDto): Promise<ResetPreviewDto> {
    const { email } = await this.recovery.open(token);
    return ResetPreviewDto.of(email);
  }

  @Post('reset-password')
  @Authorize.public('Possession of the link or the code is the credential')
  @RateLimit('recovery')
  @Operation('Set a new password with a reset link, or with a code', {
    status: 200,
    returns: MessageDto,
    description: 'Send `token` from the link, or `phone` and `code`. Ends every session and signs nobody in.',
    problems: [
      'validation_failed',
      'password_too_weak',
      'reset_token_invalid',
      'otp_invalid',
      'too_many_attempts',
    ],
  })
  async reset(@CurrentClient() client: Client, @Body() body: ResetPasswordDto): Promise<MessageDto> {
    const { phone, code = '', token = '', newPassword } = body;
    if (phone !== undefined) await this.resetting.resetByCode(phone, code, newPassword, client);
    else await this.resetting.reset(token, newPassword, client);
    return MessageDto.of('Password reset successfully');
  }
}
