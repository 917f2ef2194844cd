import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { BrowserSession } from '../../../access/browser-session.js';
import { CurrentActor } from '../../../access/request.js';
import type { Actor } from '../../../common/actor.js';
import { PasswordChangeService } from '../../../modules/auth/password-change.service.js';
import { CURRENT_PASSWORD_PROBLEMS, PASSWORD_PROBLEMS } from '../../../modules/passwords/passwords.errors.js';
import { Operation } from '../../shared/operation.js';
import { ChangePasswordDto } from './password.dto.js';
import { PasswordChangedDto, REISSUED } from './reissued.dto.js';

@ApiTags('Account security')
@Controller('auth/change-password')
export class PasswordController {
  constructor(private readonly passwords: PasswordChangeService) {}

  @Post()
  @Authorize.signedIn()
  @Operation('Change your password', {
    status: 200,
    returns: PasswordChangedDto,
    description: `Every other session of yours ends; this one stays. ${REISSUED}`,
    problems: [...PASSWORD_PROBLEMS, ...CURRENT_PASSWORD_PROBLEMS],
  })
  @BrowserSession('continues')
  async changePassword(
    @CurrentActor() actor: Actor,
    @Body() { currentPassword, newPassword }: ChangePasswordDto,
  ): Promise<PasswordChangedDto> {
    const tokens = await this.passwords.change(actor, currentPassword, newPassword);
    return PasswordChangedDto.of('Password changed successfully', tokens);
  }
}
