import { Body, Controller, Delete, Get, Patch, Put, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Authorize } from '../../../access/authorize.js';
import { RateLimit } from '../../../access/rate-limit.js';
import { CurrentActor, CurrentCaller } from '../../../access/request.js';
import type { Actor, Caller } from '../../../common/actor.js';
import { AccountService } from '../../../modules/auth/account.service.js';
import { ACCOUNT_UPDATE_PROBLEMS } from '../../../modules/auth/auth.errors.js';
import { ProfileService } from '../../../modules/profile/profile.service.js';
import { MULTIPART, readUpload } from '../../shared/multipart.js';
import { Operation } from '../../shared/operation.js';
import { MeDto } from '../auth/session.dto.js';
import { AvatarDto, AvatarUploadDto, UpdateMeDto } from './profile.dto.js';

@ApiTags('Profile')
@Controller('auth/me')
export class ProfileController {
  constructor(
    private readonly account: AccountService,
    private readonly profile: ProfileService,
  ) {}

  @Get()
  @Authorize.signedIn({ actors: ['user', 'apiKey'], whileEnrolling: true, impersonation: 'read' })
  @Operation('Who you are, and what you may', {
    status: 200,
    returns: MeDto,
    description: 'For an API key, returns its owner, and the permissions that its scopes allow.',
  })
  getMe(@CurrentCaller() caller: Caller): MeDto {
    return MeDto.of(caller);
  }

  @Patch()
  @Authorize.signedIn({ impersonation: 'never' })
  @Operation('Change your profile', {
    status: 200,
    returns: MeDto,
    description:
      'A new e-mail address requires `currentPassword`, or `code` if two-factor authentication is on. It ' +
      'takes effect when its link is opened. The present address gets a notice with a link that reverts the ' +
      'change.',
    problems: ACCOUNT_UPDATE_PROBLEMS,
  })
  async updateMe(@CurrentActor() actor: Actor, @Body() body: UpdateMeDto): Promise<MeDto> {
    return MeDto.from(await this.account.update(actor, body));
  }

  @Put('avatar')
  @RouteConfig(MULTIPART)
  @Authorize.signedIn({ impersonation: 'write' })
  @RateLimit('picture')
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: AvatarUploadDto })
  @Operation('Upload your picture', {
    status: 200,
    returns: AvatarDto,
    description:
      'Choose a file first. It is re-encoded as JPEG of at most 512 × 512 pixels, without metadata.',
    problems: ['avatar_invalid', 'avatar_too_large'],
  })
  async setAvatar(@CurrentActor() actor: Actor, @Req() request: FastifyRequest): Promise<AvatarDto> {
    return AvatarDto.of(await this.profile.setAvatar(actor, await readUpload(request)));
  }

  @Delete('avatar')
  @Authorize.signedIn({ impersonation: 'write' })
  @Operation('Remove your picture', { status: 204 })
  async removeAvatar(@CurrentActor() actor: Actor): Promise<void> {
    await this.profile.removeAvatar(actor);
  }
}
