import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { CurrentActor } from '../../../access/request.js';
import type { Actor } from '../../../common/actor.js';
import { DepartmentRemovalService } from '../../../modules/groups/department-removal.service.js';
import { DepartmentsService } from '../../../modules/groups/departments.service.js';
import { Operation } from '../../shared/operation.js';
import { PageQueryDto } from '../../shared/page-query.dto.js';
import { GroupMemberPageDto } from '../groups/group-member.dto.js';
import {
  CreateDepartmentDto,
  DeleteDepartmentDto,
  DepartmentDto,
  DepartmentIdDto,
  DepartmentPageDto,
  UpdateDepartmentDto,
} from './departments.dto.js';

@ApiTags('Departments')
@Controller('tenants/current/departments')
export class DepartmentsController {
  constructor(
    private readonly departments: DepartmentsService,
    private readonly removal: DepartmentRemovalService,
  ) {}

  @Post()
  @Authorize('departments.create', { impersonation: 'never' })
  @Operation('Create a department', {
    status: 201,
    returns: DepartmentDto,
    description: 'Names are unique among siblings, ignoring case, and the tree has at most ten levels.',
    problems: [
      'department_not_found',
      'role_not_found',
      'role_level_exceeded',
      'identifier_unverified',
      'department_name_taken',
      'department_too_deep',
      'department_limit_reached',
    ],
  })
  async createDepartment(
    @CurrentActor() actor: Actor,
    @Body() body: CreateDepartmentDto,
  ): Promise<DepartmentDto> {
    return DepartmentDto.from(await this.departments.create(actor, body));
  }

  @Get()
  @Authorize('departments.view', { impersonation: 'read' })
  @Operation('List the departments', {
    status: 200,
    returns: DepartmentPageDto,
    description: 'The whole tree as a flat list, in the order of creation; `parentId` names the parent.',
  })
  async listDepartments(
    @CurrentActor() actor: Actor,
    @Query() page: PageQueryDto,
  ): Promise<DepartmentPageDto> {
    return DepartmentPageDto.from(await this.departments.list(actor, PageQueryDto.toRequest(page)));
  }

  @Get(':id/members')
  @Authorize('members.view', { impersonation: 'read' })
  @Operation('List the members of a department', {
    status: 200,
    returns: GroupMemberPageDto,
    description: 'The members directly in it, in the order in which they joined the organisation.',
    problems: ['not_found'],
  })
  async listDepartmentMembers(
    @CurrentActor() actor: Actor,
    @Param() { id }: DepartmentIdDto,
    @Query() page: PageQueryDto,
  ): Promise<GroupMemberPageDto> {
    const members = await this.departments.listMembers(actor, id, PageQueryDto.toRequest(page));
    return GroupMemberPageDto.from(members);
  }

  @Get(':id')
  @Authorize('departments.view', { impersonation: 'read' })
  @Operation('Read a department', { status: 200, returns: DepartmentDto, problems: ['not_found'] })
  async getDepartment(
    @CurrentActor() actor: Actor,
    @Param() { id }: DepartmentIdDto,
  ): Promise<DepartmentDto> {
    return DepartmentDto.from(await this.departments.get(actor, id));
  }

  @Patch(':id')
  @Authorize('departments.edit', { impersonation: 'never' })
  @Operation('Rename or move a department, or change its role', {
    status: 200,
    returns: DepartmentDto,
    description:
      'You can set or remove only a role that you could grant. Its members have the new permissions at their ' +
      'next request.',
    problems: [
      'not_found',
      'department_not_found',
      'role_not_found',
      'role_level_exceeded',
      'identifier_unverified',
      'member_not_manageable',
      'department_name_taken',
      'department_cycle',
      'department_too_deep',
    ],
  })
  async updateDepartment(
    @CurrentActor() actor: Actor,
    @Param() { id }: DepartmentIdDto,
    @Body() body: UpdateDepartmentDto,
  ): Promise<DepartmentDto> {
    return DepartmentDto.from(await this.departments.update(actor, id, body));
  }

  @Delete(':id')
  @Authorize('departments.delete', { impersonation: 'never' })
  @Operation('Delete a department', {
    status: 204,
    description:
      'Refused while it has child departments, and while it has members or open invitations, unless ' +
      '`moveMembersTo` names the department they move to.',
    problems: [
      'not_found',
      'department_not_found',
      'department_in_use',
      'role_level_exceeded',
      'identifier_unverified',
      'member_not_manageable',
    ],
  })
  async deleteDepartment(
    @CurrentActor() actor: Actor,
    @Param() { id }: DepartmentIdDto,
    @Query() { moveMembersTo }: DeleteDepartmentDto,
  ): Promise<void> {
    await this.removal.delete(actor, id, moveMembersTo ?? null);
  }
}
