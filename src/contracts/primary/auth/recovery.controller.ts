import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { RateLimit } from '../../../access/rate-limit.js';
import { CurrentOrigin } from '../../../access/request.js';
import { identifierOf } from '../../../common/identifiers.js';
import type { RequestOrigin } from '../../../common/request-origin.js';
import { PasswordResetService } from '../../../modules/auth/password-reset.service.js';
import { RecoveryService } from '../../../modules/auth/recovery.service.js';
import { RecoveryLinksService } from '../../../modules/auth/recovery-links.service.js';
import { OTP_PROBLEMS } from '../../../modules/otp/otp.errors.js';
import { PASSWORD_PROBLEMS } from '../../../modules/passwords/passwords.errors.js';
import { HASHING } from '../../shared/hashing.js';
import { Operation } from '../../shared/operation.js';
import { MessageDto } from '../../shared/responses.js';
import { ForgotPasswordDto, ResetPasswordDto, ResetPreviewDto, ResetTokenDto } from './recovery.dto.js';

const REQUESTED = {
  email: 'If the email exists, a reset link has been sent.',
  phone: 'If the phone number exists, a reset code has been sent.',
};

@ApiTags('Recovery')
@Controller('auth')
export class RecoveryController {
  constructor(
    private readonly recovery: RecoveryService,
    private readonly links: RecoveryLinksService,
    private readonly resetting: PasswordResetService,
  ) {}

  @Post('forgot-password')
  @Authorize.public('Somebody who lost the password cannot sign in')
  @RateLimit('recovery')
  @Operation('Ask for a link, or a code, to reset the password', {
    status: 200,
    returns: MessageDto,
    description:
      'Sends a link to an e-mail address, or a code to a phone. The response is the same whether or not it ' +
      'has an account.',
  })
  async forgotPassword(
    @CurrentOrigin() origin: RequestOrigin,
    @Body() body: ForgotPasswordDto,
  ): Promise<MessageDto> {
    const identifier = identifierOf(body);
    await this.recovery.request(identifier, origin, body.tenantSlug);
    return MessageDto.of(REQUESTED[identifier.kind]);
  }

  @Get('reset-password/validate')
  @Authorize.public('Possession of the link is the credential')
  @RateLimit('link-check')
  @Operation('Look at a reset link without using it', {
    status: 200,
    returns: ResetPreviewDto,
    problems: ['reset_token_invalid'],
  })
  async validateResetToken(@Query() { token }: ResetTokenDto): Promise<ResetPreviewDto> {
    const { email } = await this.links.open(token);
    return ResetPreviewDto.of(email);
  }

  @Post('reset-password')
  @RouteConfig(HASHING)
  @Authorize.public('Possession of the link or the code is the credential')
  @RateLimit('recovery')
  @Operation('Set a new password with a reset link, or with a code', {
    status: 200,
    returns: MessageDto,
    description:
      'Send `token` from the link, or `phone` and `code`. Ends every session and signs nobody in. It verifies ' +
      'the address or number. An account that has verified nothing is emptied of everything set up before; an ' +
      'account with another verified identifier only loses this one, and you can then register with it.',
    problems: [...PASSWORD_PROBLEMS, 'reset_token_invalid', ...OTP_PROBLEMS],
  })
  async resetPassword(
    @CurrentOrigin() origin: RequestOrigin,
    @Body() body: ResetPasswordDto,
  ): Promise<MessageDto> {
    const { newPassword, ...secret } = body;
    await this.resetting.reset(secret, newPassword, origin);
    return MessageDto.of('Password reset successfully');
  }
}
