import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { CurrentActor } from '../../../access/request.js';
import { type Actor, membershipOf } from '../../../common/actor.js';
import { RoleRemovalService } from '../../../modules/groups/role-removal.service.js';
import { describeCatalogue } from '../../../modules/tenants/role-permissions.js';
import { RolesService } from '../../../modules/tenants/roles.service.js';
import { Operation } from '../../shared/operation.js';
import { PageQueryDto } from '../../shared/page-query.dto.js';
import {
  CataloguedResourceDto,
  CreateRoleDto,
  DeleteRoleQueryDto,
  RoleDto,
  RoleIdDto,
  RolePageDto,
  UpdateRoleDto,
} from './roles.dto.js';

@ApiTags('Roles')
@Controller('tenants/current')
export class RolesController {
  constructor(
    private readonly roles: RolesService,
    private readonly removal: RoleRemovalService,
  ) {}

  @Get('permissions')
  @Authorize('roles.view', { impersonation: 'read' })
  @Operation('List what a role can allow', { status: 200, returns: [CataloguedResourceDto] })
  listPermissions(@CurrentActor() actor: Actor): CataloguedResourceDto[] {
    const { permissions } = membershipOf(actor).role;
    return describeCatalogue(permissions).map((entry) => CataloguedResourceDto.from(entry));
  }

  @Get('roles')
  @Authorize('roles.view', { impersonation: 'read' })
  @Operation('List the roles of your organisation', { status: 200, returns: RolePageDto })
  async listRoles(@CurrentActor() actor: Actor, @Query() page: PageQueryDto): Promise<RolePageDto> {
    return RolePageDto.from(await this.roles.list(actor, PageQueryDto.toRequest(page)));
  }

  @Post('roles')
  @Authorize('roles.create', { impersonation: 'never' })
  @Operation('Create a role', {
    status: 201,
    returns: RoleDto,
    description: 'Not above your own level, and without permissions that you lack.',
    problems: ['role_level_exceeded', 'role_key_taken', 'role_limit_reached'],
  })
  async createRole(@CurrentActor() actor: Actor, @Body() body: CreateRoleDto): Promise<RoleDto> {
    return RoleDto.from(await this.roles.create(actor, body));
  }

  @Get('roles/:id')
  @Authorize('roles.view', { impersonation: 'read' })
  @Operation('Read a role', { status: 200, returns: RoleDto, problems: ['not_found'] })
  async getRole(@CurrentActor() actor: Actor, @Param() { id }: RoleIdDto): Promise<RoleDto> {
    return RoleDto.from(await this.roles.get(actor, id));
  }

  @Patch('roles/:id')
  @Authorize('roles.edit', { impersonation: 'never' })
  @Operation('Change a role', {
    status: 200,
    returns: RoleDto,
    description:
      'Takes effect on the next request with tokens already issued. The top-level role keeps its level and ' +
      'its permissions.',
    problems: ['not_found', 'role_level_exceeded', 'role_protected', 'member_not_manageable'],
  })
  async updateRole(
    @CurrentActor() actor: Actor,
    @Param() { id }: RoleIdDto,
    @Body() body: UpdateRoleDto,
  ): Promise<RoleDto> {
    return RoleDto.from(await this.roles.update(actor, id, body));
  }

  @Delete('roles/:id')
  @Authorize('roles.delete', { impersonation: 'never' })
  @Operation('Delete a role', {
    status: 204,
    description: 'A role with members or open invitations can only be deleted with `moveMembersTo`.',
    problems: [
      'not_found',
      'role_level_exceeded',
      'role_protected',
      'role_not_found',
      'role_in_use',
      'member_not_manageable',
    ],
  })
  async deleteRole(
    @CurrentActor() actor: Actor,
    @Param() { id }: RoleIdDto,
    @Query() { moveMembersTo }: DeleteRoleQueryDto,
  ): Promise<void> {
    await this.removal.delete(actor, id, moveMembersTo);
  }
}
