import { Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { type Identifier, parseIdentifier } from '../../common/identifiers.js';
import { TenantsRepository } from '../tenants/tenants.repository.js';
import { BlockedUsersRepository } from '../users/blocked-users.repository.js';
import { PersonNotFound, TenantUnknown } from './operators.errors.js';

/** Finds what an operator names. */
@Injectable()
export class OperatorTargets {
  constructor(
    private readonly users: BlockedUsersRepository,
    private readonly tenants: TenantsRepository,
  ) {}

  /** The id of a person, from the id itself, or the exact e-mail address or phone number. Throws PersonNotFound. */
  async personId(text: string): Promise<string> {
    if (isUuid(text)) return text;
    const identifier = parseIdentifier(text);
    const id = identifier && (await this.users.findId(identifier));
    if (!id) throw new PersonNotFound();
    return id;
  }

  /** Null if no account holds the identifier. */
  findPersonId(identifier: Identifier): Promise<string | null> {
    return this.users.findId(identifier);
  }

  /** The id of a tenant, from the id itself or its slug. Throws TenantUnknown. */
  async tenantId(text: string): Promise<string> {
    if (isUuid(text)) return text;
    const tenant = await this.tenants.findBySlug(text);
    if (!tenant) throw new TenantUnknown();
    return tenant.id;
  }
}
