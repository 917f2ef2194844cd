import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { BrowserSession } from '../../../access/browser-session.js';
import { CurrentActor } from '../../../access/request.js';
import type { Actor } from '../../../common/actor.js';
import { SignOutService } from '../../../modules/auth/sign-out.service.js';
import { Operation } from '../../shared/operation.js';
import { MessageDto } from '../../shared/responses.js';
import { LogoutDto } from './sign-out.dto.js';

@ApiTags('Account security')
@Controller('auth/logout')
export class SignOutController {
  constructor(private readonly signOut: SignOutService) {}

  @Post()
  @Authorize.signedIn({ whileEnrolling: true })
  @Operation('Sign out', { status: 200, returns: MessageDto })
  @BrowserSession('ends')
  async logout(@CurrentActor() actor: Actor, @Body() body: LogoutDto): Promise<MessageDto> {
    await this.signOut.signOut(actor, { everywhere: body.all === true });
    return MessageDto.of('Logged out successfully');
  }
}
