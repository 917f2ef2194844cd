import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { CurrentActor } from '../../../access/request.js';
import type { Actor } from '../../../common/actor.js';
import { TeamsService } from '../../../modules/groups/teams.service.js';
import { Operation } from '../../shared/operation.js';
import { PageQueryDto } from '../../shared/page-query.dto.js';
import { GroupMemberPageDto } from '../groups/group-member.dto.js';
import {
  CreateTeamDto,
  TeamDto,
  TeamIdDto,
  TeamMemberIdDto,
  TeamPageDto,
  UpdateTeamDto,
} from './teams.dto.js';

@ApiTags('Teams')
@Controller('tenants/current/teams')
export class TeamsController {
  constructor(private readonly teams: TeamsService) {}

  @Post()
  @Authorize('teams.create', { impersonation: 'write' })
  @Operation('Create a team', {
    status: 201,
    returns: TeamDto,
    description: 'Names are unique in the organisation, ignoring case.',
    problems: ['team_name_taken', 'team_limit_reached'],
  })
  async createTeam(@CurrentActor() actor: Actor, @Body() { name }: CreateTeamDto): Promise<TeamDto> {
    return TeamDto.from(await this.teams.create(actor, name));
  }

  @Get()
  @Authorize('teams.view', { impersonation: 'read' })
  @Operation('List the teams', {
    status: 200,
    returns: TeamPageDto,
    description: 'In the order of creation.',
  })
  async listTeams(@CurrentActor() actor: Actor, @Query() page: PageQueryDto): Promise<TeamPageDto> {
    return TeamPageDto.from(await this.teams.list(actor, PageQueryDto.toRequest(page)));
  }

  @Put(':id/members/:memberId')
  @Authorize('teams.edit', { impersonation: 'write' })
  @Operation('Put a member into a team', {
    status: 204,
    description:
      'No effect if the member is already in it. Only for members below your level, and for yourself.',
    problems: ['not_found', 'member_not_manageable', 'identifier_unverified'],
  })
  async addTeamMember(
    @CurrentActor() actor: Actor,
    @Param() { id, memberId }: TeamMemberIdDto,
  ): Promise<void> {
    await this.teams.addMember(actor, id, memberId);
  }

  @Get(':id/members')
  @Authorize('members.view', { impersonation: 'read' })
  @Operation('List the members of a team', {
    status: 200,
    returns: GroupMemberPageDto,
    description: 'In the order in which they joined the organisation.',
    problems: ['not_found'],
  })
  async listTeamMembers(
    @CurrentActor() actor: Actor,
    @Param() { id }: TeamIdDto,
    @Query() page: PageQueryDto,
  ): Promise<GroupMemberPageDto> {
    return GroupMemberPageDto.from(await this.teams.listMembers(actor, id, PageQueryDto.toRequest(page)));
  }

  @Delete(':id/members/:memberId')
  @Authorize('teams.edit', { impersonation: 'write' })
  @Operation('Take a member out of a team', {
    status: 204,
    description: 'No effect if the member is not in it. Only for members below your level, and for yourself.',
    problems: ['not_found', 'member_not_manageable', 'identifier_unverified'],
  })
  async removeTeamMember(
    @CurrentActor() actor: Actor,
    @Param() { id, memberId }: TeamMemberIdDto,
  ): Promise<void> {
    await this.teams.removeMember(actor, id, memberId);
  }

  @Get(':id')
  @Authorize('teams.view', { impersonation: 'read' })
  @Operation('Read a team', { status: 200, returns: TeamDto, problems: ['not_found'] })
  async getTeam(@CurrentActor() actor: Actor, @Param() { id }: TeamIdDto): Promise<TeamDto> {
    return TeamDto.from(await this.teams.get(actor, id));
  }

  @Patch(':id')
  @Authorize('teams.edit', { impersonation: 'write' })
  @Operation('Rename a team', { status: 200, returns: TeamDto, problems: ['not_found', 'team_name_taken'] })
  async updateTeam(
    @CurrentActor() actor: Actor,
    @Param() { id }: TeamIdDto,
    @Body() { name }: UpdateTeamDto,
  ): Promise<TeamDto> {
    return TeamDto.from(await this.teams.rename(actor, id, name));
  }

  @Delete(':id')
  @Authorize('teams.delete', { impersonation: 'never' })
  @Operation('Delete a team', {
    status: 204,
    description: 'Its members stay in the organisation.',
    problems: ['not_found'],
  })
  async deleteTeam(@CurrentActor() actor: Actor, @Param() { id }: TeamIdDto): Promise<void> {
    await this.teams.delete(actor, id);
  }
}
