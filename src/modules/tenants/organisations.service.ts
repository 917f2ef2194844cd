import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import { Database } from '../../database/database.js';
import type { IssuedTokens } from '../sessions/sessions.service.js';
import { SwitchService } from '../sessions/switch.service.js';
import { type Organisation, OrganisationsRepository } from './organisations.repository.js';
import type { RoleTemplateName } from './role-templates.js';
import { OrganisationNotFound } from './tenants.errors.js';
import { type NameConflict, TenantsService } from './tenants.service.js';

export interface NewOrganisation {
  name: string;
  businessType?: string;
  template: RoleTemplateName;
  sameName?: NameConflict;
}

/** The tenants of one person. A tenant of which they are not a member is not found, as if it did not exist. */
@Injectable()
export class OrganisationsService {
  constructor(
    private readonly database: Database,
    private readonly organisations: OrganisationsRepository,
    private readonly tenants: TenantsService,
    private readonly switching: SwitchService,
  ) {}

  /** Lists the tenants in which the actor's membership is active. Needs no active tenant in the session. */
  list(actor: Actor): Promise<Organisation[]> {
    return this.organisations.list(readerOf(actor));
  }

  /** Creates a tenant with the actor as its owner. The session's active tenant stays. Throws CompanyNameTaken. */
  async create(actor: Actor, input: NewOrganisation): Promise<Organisation> {
    return this.database.acrossTenants(async (tx) => {
      const { id } = await this.tenants.create(
        tx,
        { ...input, field: 'name', creatorId: actor.userId },
        actor.origin,
      );
      const organisation = await this.organisations.find(tx, readerOf(actor), id);
      if (!organisation) throw new Error('The creator is not a member of the new tenant');
      return organisation;
    });
  }

  /**
   * Makes this the session's active tenant. Issues new tokens and revokes the old ones. Throws OrganisationNotFound.
   */
  async switch(actor: Actor, tenantId: string): Promise<IssuedTokens> {
    const tokens = await this.switching.switch(actor, tenantId);
    if (!tokens) throw new OrganisationNotFound();
    return tokens;
  }
}

const readerOf = ({ userId, session }: Actor) => ({
  userId,
  activeId: session.membership?.tenant.id ?? null,
});
