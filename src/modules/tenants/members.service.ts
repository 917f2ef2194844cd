import { Injectable } from '@nestjs/common';
import { type Actor, membershipOf } from '../../common/actor.js';
import { type Page, type PageRequest, toPage } from '../../common/pagination.js';
import { Database } from '../../database/database.js';
import type { TenantTransaction } from '../../database/transaction.js';
import { FIND_MEMBER, selectMembers } from './members.queries.js';
import { MemberNotFound } from './tenants.errors.js';

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

/** Reads the members of the actor's tenant. */
@Injectable()
export class MembersService {
  constructor(private readonly database: Database) {}

  /** In order of joining; without members whose account deletion is pending. */
  async list(actor: Actor, filter: MemberFilter): Promise<Page<Member>> {
    const { tenant } = membershipOf(actor);
    const [text, values] = selectMembers(tenant.id, { ...filter, limit: filter.limit + 1 });
    const rows = await this.database.inTenant(tenant.id, (tx) => tx.many<Member>(text, values));
    return toPage(rows, filter, (member) => member.membershipId);
  }

  /** Throws MemberNotFound. */
  async get(actor: Actor, userId: string): Promise<Member> {
    const { tenant } = membershipOf(actor);
    return this.database.inTenant(tenant.id, (tx) => this.read(tx, userId));
  }

  /** As `get`, within the caller's transaction. */
  async read(tx: TenantTransaction, userId: string): Promise<Member> {
    const member = await tx.one<Member>(FIND_MEMBER, [tx.tenantId, userId]);
    if (!member) throw new MemberNotFound();
    return member;
  }
}
