import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { DepartmentRemovalService } from './department-removal.service.js';
import { DepartmentsService } from './departments.service.js';
import { GroupMembersService } from './group-members.service.js';
import { TeamsService } from './teams.service.js';

@Module({
  imports: [AuditModule, TenantsModule],
  providers: [DepartmentsService, DepartmentRemovalService, TeamsService, GroupMembersService],
  exports: [DepartmentsService, DepartmentRemovalService, TeamsService],
})
export class GroupsModule {}
