import { Injectable } from '@nestjs/common';
import { NIL } from 'uuid';
import { type Page, type PageRequest, toPage } from '../../common/pagination.js';
import type { TenantReads } from '../../database/transaction.js';

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

/** Reads who is in a department or team. */
@Injectable()
export class GroupMembersRepository {
  /** In order of joining the tenant; without members whose account deletion is pending. */
  async list(tx: TenantReads, group: Group, page: PageRequest): Promise<Page<GroupMember>> {
    const [text, id] = 'teamId' in group ? [IN_TEAM, group.teamId] : [IN_DEPARTMENT, group.departmentId];
    const rows = await tx.many<GroupMember>(text, [tx.tenantId, id, page.after ?? NIL, page.limit + 1]);
    return toPage(rows, page, ({ membershipId }) => membershipId);
  }
}

/**
 * So many people are in a group that reading all of them would be slow: memberships come in the order of an index. Each
 * role of the page is read once.
 */
const readMembers = (memberships: string) => `
  WITH page AS MATERIALIZED (
    SELECT u.id, m.id AS "membershipId", u.first_name AS "firstName", u.last_name AS "lastName", u.email, u.phone, u.avatar,
      m.role_id, m.status
    FROM (${memberships} OFFSET 0) m
    CROSS JOIN LATERAL (SELECT * FROM users WHERE id = m.user_id AND status = 'active' OFFSET 0) u
    ORDER BY m.id LIMIT $4
  ), own AS MATERIALIZED (
    SELECT r.* FROM (SELECT DISTINCT role_id FROM page) p
    CROSS JOIN LATERAL (SELECT id, key FROM roles WHERE tenant_id = $1 AND id = p.role_id OFFSET 0) r
  )
  SELECT page.id, "membershipId", "firstName", "lastName", email, phone, avatar, own.key AS role, status
  FROM page JOIN own ON own.id = page.role_id ORDER BY "membershipId"`;

/** $1 tenant, $2 department, $3 the last membership of the previous page, or NIL, $4 limit. */
const IN_DEPARTMENT = readMembers(
  'SELECT * FROM memberships WHERE tenant_id = $1 AND department_id = $2 AND id > $3 ORDER BY id',
);

/** As IN_DEPARTMENT; $2 team. */
const IN_TEAM = readMembers(`
  SELECT tm.membership_id AS id, joined.* FROM (
    SELECT membership_id FROM team_members WHERE tenant_id = $1 AND team_id = $2 AND membership_id > $3
    ORDER BY membership_id OFFSET 0) tm
  CROSS JOIN LATERAL (
    SELECT tenant_id, user_id, role_id, status FROM memberships WHERE tenant_id = $1 AND id = tm.membership_id OFFSET 0
  ) joined
  ORDER BY tm.membership_id`);
