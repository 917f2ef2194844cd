import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { CurrentActor, CurrentCaller } from '../../../access/request.js';
import type { Actor, Caller } from '../../../common/actor.js';
import { fullName, splitName } from '../../../common/identifiers.js';
import { AccountService } from '../../../modules/auth/account.service.js';
import { ACCOUNT_UPDATE_PROBLEMS } from '../../../modules/auth/auth.errors.js';
import { Operation } from '../../shared/operation.js';
import { MeDto, UpdateMeDto } from './profile.dto.js';

@ApiTags('User profile')
@Controller('me')
export class ProfileController {
  constructor(private readonly account: AccountService) {}

  @Get()
  @Authorize.signedIn({ actors: ['user', 'apiKey'], whileEnrolling: true, impersonation: 'read' })
  @Operation('Who you are', {
    status: 200,
    returns: MeDto,
    description: 'For an API key, returns its owner.',
  })
  getMe(@CurrentCaller() caller: Caller): MeDto {
    return MeDto.of(caller);
  }

  @Patch()
  @Authorize.signedIn({ impersonation: 'never' })
  @Operation('Change your name or e-mail', {
    status: 200,
    returns: MeDto,
    description:
      'A new e-mail address requires a recent sign-in, or `current_password` (and `code` if two-factor ' +
      'authentication is on). It takes effect when its link is opened.',
    problems: ACCOUNT_UPDATE_PROBLEMS,
  })
  async updateMe(@CurrentActor() actor: Actor, @Body() body: UpdateMeDto): Promise<MeDto> {
    const { full_name: name, email, current_password: currentPassword, code } = body;
    // A name that comes back as it was given out keeps its two parts
    const isNew = name !== undefined && name !== fullName(actor.session.user);
    const changes = { ...(isNew && splitName(name)), ...(email !== undefined && { email }) };
    const input = { ...changes, currentPassword, code };
    return MeDto.from(await this.account.update(actor, input, { acceptsRecentSignIn: true }));
  }
}
