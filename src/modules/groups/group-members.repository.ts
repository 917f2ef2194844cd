import { Injectable } from '@nestjs/common';
import { type Page, type PageRequest, toPage } from '../../common/pagination.js';
import type { TenantTransaction } from '../../database/transaction.js';

/** A member in the list of a department or team. */
export interface GroupMember {
  /** The id of the user, not of the membership. */
  id: string;
  membershipId: string;
  firstName: string;
  lastName: string;
  email: string | null;
  phone: string | null;
  avatar: string | null;
  /** The key of the member's own role, not of the department's. */
  role: string;
  status: 'active' | 'suspended';
}

type Group = { departmentId: string } | { teamId: string };

/** $1 tenant, $2 department or team, $3 the last membership of the previous page, or null, $4 limit. */
const readMembers = (condition: string) => `
  SELECT u.id, m.id AS "membershipId", u.first_name AS "firstName", u.last_name AS "lastName", u.email, u.phone, u.avatar,
    r.key AS role, m.status
  FROM memberships m
  JOIN users u ON u.id = m.user_id AND u.status = 'active'
  JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
  WHERE m.tenant_id = $1 AND ${condition} AND ($3::uuid IS NULL OR m.id > $3)
  ORDER BY m.id LIMIT $4`;

const IN_DEPARTMENT = readMembers('m.department_id = $2');
const IN_TEAM = readMembers(
  'EXISTS (SELECT 1 FROM team_members tm WHERE tm.membership_id = m.id AND tm.team_id = $2)',
);

/** Reads who is in a department or team. */
@Injectable()
export class GroupMembersRepository {
  /** In order of joining the tenant; without members whose account deletion is pending. */
  async list(tx: TenantTransaction, group: Group, page: PageRequest): Promise<Page<GroupMember>> {
    const [text, id] = 'teamId' in group ? [IN_TEAM, group.teamId] : [IN_DEPARTMENT, group.departmentId];
    const rows = await tx.many<GroupMember>(text, [tx.tenantId, id, page.after, page.limit + 1]);
    return toPage(rows, page, ({ membershipId }) => membershipId);
  }
}
