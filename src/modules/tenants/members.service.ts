import { Injectable } from '@nestjs/common';
import { type Actor, membershipOf } from '../../common/actor.js';
import { type Page, toPage } from '../../common/pagination.js';
import { Database } from '../../database/database.js';
import type { TenantReads } from '../../database/transaction.js';
import { type Member, type MemberFilter, MembersRepository } from './members.repository.js';
import { MemberNotFound } from './tenants.errors.js';

/** Reads the members of the actor's tenant. */
@Injectable()
export class MembersService {
  constructor(
    private readonly database: Database,
    private readonly members: MembersRepository,
  ) {}

  /** In order of joining; without members whose account deletion is pending. */
  async list(actor: Actor, filter: MemberFilter): Promise<Page<Member>> {
    const { tenant } = membershipOf(actor);
    const rows = await this.members.list(this.database.readsOf(tenant.id), filter);
    return toPage(rows, filter, (member) => member.membershipId);
  }

  /** Throws MemberNotFound. */
  async get(actor: Actor, userId: string): Promise<Member> {
    const { tenant } = membershipOf(actor);
    return this.read(this.database.readsOf(tenant.id), userId);
  }

  /** As `get`, within the caller's transaction. */
  async read(tx: TenantReads, userId: string): Promise<Member> {
    const member = await this.members.find(tx, userId);
    if (!member) throw new MemberNotFound();
    return member;
  }
}
