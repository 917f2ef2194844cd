import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { CurrentActor } from '../../../access/request.js';
import type { Actor } from '../../../common/actor.js';
import { PasswordChangeService } from '../../../modules/auth/password-change.service.js';
import { SignOutService } from '../../../modules/auth/sign-out.service.js';
import { CURRENT_PASSWORD_PROBLEMS, PASSWORD_PROBLEMS } from '../../../modules/passwords/passwords.errors.js';
import { Operation } from '../../shared/operation.js';
import { SuccessDto } from '../responses.js';
import { ChangePasswordDto } from './password.dto.js';
import { REISSUED, ReissuedDto } from './reissued.dto.js';

@ApiTags('Account security')
@Controller()
export class AccountSecurityController {
  constructor(
    private readonly passwords: PasswordChangeService,
    private readonly signOut: SignOutService,
  ) {}

  @Post('change-password')
  @Authorize.signedIn({ impersonation: 'never' })
  @Operation('Change your password', {
    status: 200,
    returns: ReissuedDto,
    description: `Every other session of yours ends; this one stays. ${REISSUED}`,
    problems: [...PASSWORD_PROBLEMS, ...CURRENT_PASSWORD_PROBLEMS, 'browser_session_refused'],
  })
  async changePassword(@CurrentActor() actor: Actor, @Body() body: ChangePasswordDto): Promise<ReissuedDto> {
    const tokens = await this.passwords.change(actor, body.current_password, body.new_password);
    return ReissuedDto.of('Password changed successfully', tokens);
  }

  @Post('logout')
  @Authorize.signedIn({ whileEnrolling: true, impersonation: 'never' })
  @Operation('Sign out', {
    status: 200,
    returns: SuccessDto,
    description: 'Ends this session and all of its tokens; your other sessions continue.',
  })
  async logout(@CurrentActor() actor: Actor): Promise<SuccessDto> {
    await this.signOut.signOut(actor, { everywhere: false });
    return SuccessDto.of('Logged out successfully');
  }
}
