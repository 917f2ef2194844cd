import { Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { CurrentActor } from '../../../access/request.js';
import type { Actor } from '../../../common/actor.js';
import { SignOutService } from '../../../modules/auth/sign-out.service.js';
import { Operation } from '../envelope/operation.js';

@ApiTags('Sign-out')
@Controller('auth')
export class SignOutController {
  constructor(private readonly signOut: SignOutService) {}

  @Post('logout')
  @Authorize.signedIn({ whileEnrolling: true, impersonation: 'never' })
  @Operation('Sign out of all sessions', {
    status: 200,
    message: 'Logged out successfully',
    problems: ['access_token_invalid'],
  })
  async logout(@CurrentActor() actor: Actor): Promise<void> {
    await this.signOut.signOut(actor, { everywhere: true });
  }
}
