import { DepartmentEntity } from '../modules/groups/entities/department.entity.js';
import { TeamEntity } from '../modules/groups/entities/team.entity.js';
import { MembershipEntity } from '../modules/tenants/entities/membership.entity.js';
import { TeamMemberEntity } from '../modules/tenants/entities/team-member.entity.js';
import { User } from '../modules/users/entities/user.entity.js';

/** Every table of the server, in alphabetical order. */
export const ENTITIES = [DepartmentEntity, MembershipEntity, TeamEntity, TeamMemberEntity, User];
