import { Injectable } from '@nestjs/common';
import { NIL } from 'uuid';
import type { Metadata } from '../../common/metadata.js';
import type { PageRequest } from '../../common/pagination.js';
import type { TenantReads } from '../../database/transaction.js';
import { partLength } from './text-parts.js';

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
  locale: string | null;
  timeZone: string | null;
  publicMetadata: Metadata;
  privateMetadata: Metadata;
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
  list(tx: TenantReads, filter: MemberFilter): Promise<Member[]> {
    const [text, values] = selectMembers(tx.tenantId, { ...filter, limit: filter.limit + 1 });
    return tx.many<Member>(text, values);
  }

  /**
   * Includes members whose deletion is pending, though `list` does not: an administrator who knows the id may still
   * remove them, so that a restoration does not bring them back.
   */
  find(tx: TenantReads, userId: string): Promise<Member | null> {
    return tx.one<Member>(FIND_MEMBER, [tx.tenantId, userId]);
  }
}

/**
 * Aliases: `m` membership, `u` user, `r` role. The status of a pending deletion is the one a restoration brings back.
 */
const COLUMNS = `
  m.user_id AS id, m.id AS "membershipId", u.email, u.phone, u.first_name AS "firstName",
    u.last_name AS "lastName", u.avatar, r.key AS role, r.level AS "roleLevel", m.department_id AS "departmentId",
    ARRAY(SELECT tm.team_id FROM team_members tm WHERE tm.membership_id = m.id ORDER BY tm.team_id)::text[] AS "teamIds",
    m.assigned_agents AS "assignedAgents", u.locale, u.time_zone AS "timeZone",
    u.public_metadata AS "publicMetadata", m.private_metadata AS "privateMetadata", COALESCE(m.status_before_leaving, m.status) AS status, m.created_at AS "joinedAt"`;

/** $1 tenant, $2 user. */
const FIND_MEMBER = `
  SELECT ${COLUMNS}
  FROM memberships m
  JOIN users u ON u.id = m.user_id
  JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
  WHERE m.tenant_id = $1 AND m.user_id = $2 AND u.status <> 'closed'`;

/** One page of a tenant's members, in order of joining. */
export function selectMembers(tenantId: string, filter: MemberFilter): [string, unknown[]] {
  const { search, role, departmentId, status, after, limit } = filter;
  const values: unknown[] = [tenantId, after ?? NIL, limit];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const filters = [
    ...(role === undefined ? [] : [`AND role_id = (${FIND_ROLE_WITH_KEY} ${parameter(role)})`]),
    ...(departmentId === undefined ? [] : [`AND department_id = ${parameter(departmentId)}`]),
    ...(status === undefined ? [] : [`AND status = ${parameter(status)}`]),
  ].join(' ');
  const text =
    search === undefined ? readPage(readMemberships(filters)) : searchPage(filters, parameter(search));
  return [text, values];
}

const FIND_ROLE_WITH_KEY = 'SELECT id FROM roles WHERE tenant_id = $1 AND key =';

/** $1 tenant, $2 the last membership of the previous page, or NIL. */
const filterMemberships = (filters: string) => `
  SELECT * FROM memberships WHERE tenant_id = $1 AND id > $2 ${filters}`;

const readMemberships = (filters: string) => `${filterMemberships(filters)} ORDER BY id OFFSET 0`;

/**
 * $3 limit. Reads the memberships in the order of an index that begins with their filter, and looks up person and role
 * of each until the page is full: `OFFSET 0` keeps PostgreSQL from joining whole tables, which it prefers where
 * row-level security lets it expect few rows. `place` is the column by which the memberships are in order.
 */
const readPage = (memberships: string, { userCondition = '', gate = 'true', place = 'id' } = {}) => `
  SELECT ${COLUMNS}
  FROM (${memberships}) m
  CROSS JOIN LATERAL (SELECT * FROM users WHERE id = m.user_id AND status = 'active' ${userCondition} OFFSET 0) u
  CROSS JOIN LATERAL (SELECT * FROM roles WHERE tenant_id = m.tenant_id AND id = m.role_id OFFSET 0) r
  WHERE ${gate} ORDER BY m.${place} LIMIT $3`;

/** So many members are read before the index of texts is: they suffice in small tenants. */
const FIRST = 30;
/** So many, if several of the first have the text: they suffice for frequent texts. */
const NEAR = 500;
/** Where more members than this have the text, reading them in their order fills the page sooner. */
const MAX_FOUND = 1_000;

/** Of three ways to the same rows, the statement takes the shortest. */
function searchPage(filters: string, search: string): string {
  const wanted = `lower(${search})`;
  const userCondition = `AND strpos(search_text(first_name, last_name, email, phone), ${wanted}) > 0`;
  const part = partLength(wanted);
  const ofFound = `
    SELECT f.id AS place, m.* FROM (
      SELECT id FROM found WHERE (SELECT are_few FROM choice) AND id > $2 ORDER BY id OFFSET 0) f
    CROSS JOIN LATERAL (${filterMemberships(filters)} AND id = f.id OFFSET 0) m`;
  const pageOfNear = readPage('SELECT * FROM near ORDER BY id', {
    userCondition,
    gate: `(SELECT size = ${NEAR} FROM extent)`,
  });
  const pageOfAll = readPage(readMemberships(filters), {
    userCondition,
    gate: 'NOT (SELECT is_near OR are_few FROM choice)',
  });
  return `
    WITH first AS MATERIALIZED (${filterMemberships(filters)} ORDER BY id LIMIT ${FIRST}
    ), first_page AS MATERIALIZED (${readPage('SELECT * FROM first ORDER BY id', { userCondition })}
    ), extent AS MATERIALIZED (
      SELECT CASE WHEN (SELECT count(*) FROM first_page) BETWEEN 2 AND $3 - 1 THEN ${NEAR} ELSE ${FIRST} END AS size
    ), near AS MATERIALIZED (${filterMemberships(filters)} ORDER BY id LIMIT (SELECT size FROM extent)
    ), near_page AS MATERIALIZED (
      (SELECT * FROM first_page WHERE (SELECT size = ${FIRST} FROM extent)) UNION ALL (${pageOfNear})
    ), first_choice AS MATERIALIZED (
      SELECT (SELECT count(*) FROM near) < (SELECT size FROM extent) OR (SELECT count(*) FROM near_page) >= $3 AS is_near
    ), found AS MATERIALIZED (
      SELECT id FROM find_members($1, ${wanted}, ${part}, ${MAX_FOUND + 1}) AS id WHERE NOT (SELECT is_near FROM first_choice)
    ), choice AS MATERIALIZED (
      SELECT is_near, NOT is_near AND (SELECT count(*) FROM found) <= ${MAX_FOUND} AS are_few FROM first_choice
    )
    SELECT * FROM (
      (SELECT * FROM near_page WHERE (SELECT is_near FROM choice))
      UNION ALL (${readPage(ofFound, { place: 'place' })})
      UNION ALL (${pageOfAll})
    ) AS members ORDER BY "membershipId" LIMIT $3`;
}
