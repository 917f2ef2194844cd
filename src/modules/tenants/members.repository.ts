import { Injectable } from '@nestjs/common';
import type { PageRequest } from '../../common/pagination.js';
import type { TenantTransaction } from '../../database/transaction.js';

/** One person in one tenant, as the other members see them. */
export interface Member {
  /** The id of the user, not of the membership. */
  id: string;
  membershipId: string;
  email: string | null;
  phone: string | null;
  firstName: string;
  lastName: string;
  avatar: string | null;
  /** The key of the role. */
  role: string;
  roleLevel: number;
  departmentId: string | null;
  teamIds: string[];
  assignedAgents: string[];
  status: 'active' | 'suspended';
  joinedAt: Date;
}

export interface MemberFilter extends PageRequest {
  /** A part of the name, e-mail address or phone number; not case-sensitive. */
  search?: string;
  /** The key of a role. */
  role?: string;
  departmentId?: string;
  status?: Member['status'];
}

/** Reads the members of a tenant. */
@Injectable()
export class MembersRepository {
  /**
   * In order of joining, without members whose account deletion is pending; one more than the page, so that the caller
   * knows whether there are more.
   */
  list(tx: TenantTransaction, filter: MemberFilter): Promise<Member[]> {
    const { after, limit, search, role = null, departmentId = null, status = null } = filter;
    const pattern = search === undefined ? null : `%${escapeWildcards(search)}%`;
    const values = [tx.tenantId, after, limit + 1, pattern, role, departmentId, status];
    return tx.many<Member>(LIST_MEMBERS, values);
  }

  /**
   * Includes members whose deletion is pending, though `list` does not: an administrator who knows the id may still
   * remove them, so that a restoration does not bring them back.
   */
  find(tx: TenantTransaction, userId: string): Promise<Member | null> {
    return tx.one<Member>(FIND_MEMBER, [tx.tenantId, userId]);
  }
}

/** Makes LIKE match the text literally. */
function escapeWildcards(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

/**
 * Aliases: `m` membership, `u` user, `r` role. The status of a pending deletion is the one a restoration brings back.
 */
const READ_MEMBERS = `
  SELECT m.user_id AS id, m.id AS "membershipId", u.email, u.phone, u.first_name AS "firstName",
    u.last_name AS "lastName", u.avatar, r.key AS role, r.level AS "roleLevel", m.department_id AS "departmentId",
    ARRAY(SELECT tm.team_id FROM team_members tm WHERE tm.membership_id = m.id ORDER BY tm.team_id)::text[] AS "teamIds",
    m.assigned_agents AS "assignedAgents", COALESCE(m.status_before_leaving, m.status) AS status, m.created_at AS "joinedAt"
  FROM memberships m
  JOIN users u ON u.id = m.user_id
  JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id`;

/** $1 tenant, $2 user. */
const FIND_MEMBER = `${READ_MEMBERS} WHERE m.tenant_id = $1 AND m.user_id = $2 AND u.status <> 'closed'`;

/**
 * $1 tenant, $2 the last membership of the previous page, or null, $3 limit; filters, each null for any: $4 a LIKE
 * pattern, $5 role key, $6 department, $7 status.
 */
const LIST_MEMBERS = `
  ${READ_MEMBERS}
  WHERE m.tenant_id = $1 AND u.status = 'active' AND ($2::uuid IS NULL OR m.id > $2)
    AND ($4::text IS NULL OR btrim(u.first_name || ' ' || u.last_name) ILIKE $4 OR u.email ILIKE $4 OR u.phone LIKE $4)
    AND ($5::text IS NULL OR r.key = $5)
    AND ($6::uuid IS NULL OR m.department_id = $6)
    AND ($7::text IS NULL OR m.status = $7)
  ORDER BY m.id LIMIT $3`;
