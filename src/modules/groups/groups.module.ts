import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { InvitationsModule } from '../invitations/invitations.module.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { DepartmentRemovalService } from './department-removal.service.js';
import { DepartmentsRepository } from './departments.repository.js';
import { DepartmentsService } from './departments.service.js';
import { GroupMembersRepository } from './group-members.repository.js';
import { RoleRemovalService } from './role-removal.service.js';
import { TeamsRepository } from './teams.repository.js';
import { TeamsService } from './teams.service.js';

@Module({
  imports: [AuditModule, InvitationsModule, TenantsModule],
  providers: [
    DepartmentsService,
    DepartmentRemovalService,
    RoleRemovalService,
    TeamsService,
    DepartmentsRepository,
    TeamsRepository,
    GroupMembersRepository,
  ],
  exports: [DepartmentsService, DepartmentRemovalService, RoleRemovalService, TeamsService],
})
export class GroupsModule {}
