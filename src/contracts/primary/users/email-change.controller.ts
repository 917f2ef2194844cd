import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { RateLimit } from '../../../access/rate-limit.js';
import { CurrentOrigin } from '../../../access/request.js';
import type { RequestOrigin } from '../../../common/request-origin.js';
import { EmailRevertService } from '../../../modules/auth/email-revert.service.js';
import { count, duration } from '../../shared/docs/settings.js';
import { Operation } from '../../shared/operation.js';
import { MessageDto } from '../../shared/responses.js';
import { RevertEmailChangeDto } from './profile.dto.js';

@ApiTags('Recovery')
@Controller('auth/email-change')
export class EmailChangeController {
  constructor(private readonly reverting: EmailRevertService) {}

  @Post('revert')
  @Authorize.public('Possession of the link is the credential')
  @RateLimit('link-check')
  @Operation('Take a change of the e-mail address back with its link', {
    refusedExample: { code: 'email_revert_token_invalid', because: 'no address was changed' },
    status: 200,
    returns: MessageDto,
    description:
      'The link is in the message that was sent to the old address. It works once, for ' +
      `${duration('EMAIL_CHANGE_REVERT_SECONDS')}, whatever happened to the account since. The account gets the ` +
      'old address back, verified. Every session, API key of the last ' +
      `${count('RECOVERY_REVOKES_API_KEYS_DAYS', 'day')}, link and code ends; the password and a second factor ` +
      'that was turned on since are ' +
      'removed. A link to set a new password goes to the old address (a code, if the account had only a ' +
      'phone). Refused, with nothing changed, if another account has verified the old address since.',
    problems: ['email_revert_token_invalid', 'email_taken'],
  })
  async revertEmailChange(
    @CurrentOrigin() origin: RequestOrigin,
    @Body() { token }: RevertEmailChangeDto,
  ): Promise<MessageDto> {
    await this.reverting.revert(token, origin);
    return MessageDto.of(
      'The change is taken back, and every session has ended. Set a new password by the message that is on its way to you, ' +
        'or ask for another one.',
    );
  }
}
