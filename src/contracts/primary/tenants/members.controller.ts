import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { CurrentActor } from '../../../access/request.js';
import type { Actor } from '../../../common/actor.js';
import { MemberAccessService } from '../../../modules/tenants/member-access.service.js';
import { MemberChangesService } from '../../../modules/tenants/member-changes.service.js';
import { MembersService } from '../../../modules/tenants/members.service.js';
import { TOP_LEVEL } from '../../../modules/tenants/role.js';
import { Operation } from '../../shared/operation.js';
import {
  MemberDto,
  MemberIdDto,
  MemberPageDto,
  MembersQueryDto,
  TransferDto,
  UpdateMemberDto,
} from './members.dto.js';

@ApiTags('Members')
@Controller('tenants/current')
export class MembersController {
  constructor(
    private readonly members: MembersService,
    private readonly changes: MemberChangesService,
    private readonly access: MemberAccessService,
  ) {}

  @Get('members')
  @Authorize('members.view', { impersonation: 'read' })
  @Operation('List the members of your organisation', {
    status: 200,
    returns: MemberPageDto,
    description: 'In the order in which they joined.',
  })
  async listMembers(@CurrentActor() actor: Actor, @Query() query: MembersQueryDto): Promise<MemberPageDto> {
    return MemberPageDto.from(await this.members.list(actor, MembersQueryDto.toFilter(query)), actor);
  }

  @Post('members/:id/suspend')
  @Authorize('members.edit', { impersonation: 'never' })
  @Operation('Suspend a member', {
    status: 200,
    returns: MemberDto,
    description:
      'Sessions in your organisation end at once; API keys are suspended. Nobody can suspend themselves.',
    problems: ['not_found', 'member_not_manageable', 'last_owner'],
  })
  async suspendMember(@CurrentActor() actor: Actor, @Param() { id }: MemberIdDto): Promise<MemberDto> {
    return MemberDto.from(await this.access.suspend(actor, id), actor);
  }

  @Post('members/:id/restore')
  @Authorize('members.edit', { impersonation: 'never' })
  @Operation('Restore a suspended member', {
    status: 200,
    returns: MemberDto,
    problems: ['not_found', 'member_not_manageable'],
  })
  async restoreMember(@CurrentActor() actor: Actor, @Param() { id }: MemberIdDto): Promise<MemberDto> {
    return MemberDto.from(await this.access.restore(actor, id), actor);
  }

  @Delete('members/:id/sessions')
  @Authorize('members.edit', { impersonation: 'never' })
  @Operation('End the sessions of a member', {
    status: 204,
    description: 'Only the sessions in your organisation.',
    problems: ['not_found', 'member_not_manageable'],
  })
  async endMemberSessions(@CurrentActor() actor: Actor, @Param() { id }: MemberIdDto): Promise<void> {
    await this.access.endSessions(actor, id);
  }

  @Post('transfer')
  @Authorize('members.edit', { level: TOP_LEVEL, impersonation: 'never' })
  @Operation('Hand your top-level role to another member', {
    status: 200,
    returns: MemberDto,
    description: 'With `role` you get that role instead; without it, you both have the top-level role.',
    problems: [
      'not_found',
      'member_not_manageable',
      'member_suspended',
      'role_level_exceeded',
      'role_not_found',
      'last_owner',
    ],
  })
  async transferOwnership(@CurrentActor() actor: Actor, @Body() body: TransferDto): Promise<MemberDto> {
    return MemberDto.from(await this.changes.transfer(actor, body), actor);
  }

  @Get('members/:id')
  @Authorize('members.view', { impersonation: 'read' })
  @Operation('Read a member', { status: 200, returns: MemberDto, problems: ['not_found'] })
  async getMember(@CurrentActor() actor: Actor, @Param() { id }: MemberIdDto): Promise<MemberDto> {
    return MemberDto.from(await this.members.get(actor, id), actor);
  }

  @Patch('members/:id')
  @Authorize('members.edit', { impersonation: 'never' })
  @Operation('Change a member', {
    status: 200,
    returns: MemberDto,
    description:
      'Omitted fields stay unchanged. A new role takes effect on the next request with tokens already issued.',
    problems: [
      'not_found',
      'member_not_manageable',
      'role_level_exceeded',
      'role_not_found',
      'department_not_found',
      'team_not_found',
      'last_owner',
    ],
  })
  async updateMember(
    @CurrentActor() actor: Actor,
    @Param() { id }: MemberIdDto,
    @Body() body: UpdateMemberDto,
  ): Promise<MemberDto> {
    return MemberDto.from(await this.changes.update(actor, id, UpdateMemberDto.toChanges(body)), actor);
  }

  @Delete('members/:id')
  @Authorize('members.delete', { impersonation: 'never' })
  @Operation('Remove a member', {
    status: 204,
    description: 'Also ends the person’s sessions and API keys in your organisation.',
    problems: ['not_found', 'member_not_manageable', 'last_owner'],
  })
  async removeMember(@CurrentActor() actor: Actor, @Param() { id }: MemberIdDto): Promise<void> {
    await this.access.remove(actor, id);
  }
}
