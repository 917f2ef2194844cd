import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { RateLimit } from '../../../access/rate-limit.js';
import { CurrentActor } from '../../../access/request.js';
import type { Actor } from '../../../common/actor.js';
import { EmailVerificationService } from '../../../modules/profile/email-verification.service.js';
import { Operation } from '../../shared/operation.js';
import { MessageDto } from '../../shared/responses.js';
import { VerifiedEmailDto, VerifyEmailDto } from './profile.dto.js';

@ApiTags('E-mail verification')
@Controller('auth/verify-email')
export class EmailVerificationController {
  constructor(private readonly emails: EmailVerificationService) {}

  @Post('resend')
  @Authorize.signedIn({ impersonation: 'never' })
  @RateLimit('message')
  @Operation('Send the verification link again', {
    refusedExample: {
      code: 'message_limit_exceeded',
      because: 'the last link was sent less than a minute ago',
    },
    status: 200,
    returns: MessageDto,
    description:
      'For the unverified address: `pendingEmail`, or else `email`. The older link is invalid, unless too ' +
      'many were sent recently (429): then nothing is sent, and the older link stays valid.',
    problems: ['email_already_verified', 'message_limit_exceeded'],
  })
  async resendVerification(@CurrentActor() actor: Actor): Promise<MessageDto> {
    await this.emails.resend(actor);
    return MessageDto.of('A verification link has been sent.');
  }

  @Post()
  @Authorize.signedIn({ impersonation: 'never' })
  @RateLimit('link-check')
  @Operation('Verify an e-mail address with its link', {
    status: 200,
    returns: VerifiedEmailDto,
    description: 'Works only in a session of the account that requested the link.',
    problems: ['verification_token_invalid', 'email_taken'],
  })
  async verifyEmail(
    @CurrentActor() actor: Actor,
    @Body() { token }: VerifyEmailDto,
  ): Promise<VerifiedEmailDto> {
    return VerifiedEmailDto.of(await this.emails.verify(actor, token));
  }
}
