import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import type { RoleTemplateName } from '../tenants/role-templates.js';
import type { SlugConflict } from '../tenants/tenants.service.js';
import { CredentialsService } from '../passwords/credentials.service.js';
import { type CreatedTenant, type TenantCreation, TenantCreationService } from './tenant-creation.service.js';
import type { SignInOutcome } from './sign-in.service.js';

export interface Registration {
  /** Canonical; this or `phone`, or both. Neither is proven by it. */
  email?: string;
  /** Canonical. */
  phone?: string;
  password: string;
  companyName: string;
  businessType?: string;
  firstName: string;
  lastName: string;
  template: RoleTemplateName;
  /** Default: refuse. */
  slug?: SlugConflict;
}

/** A new company and its first member, in one transaction: all of it is there, or nothing. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly database: Database,
    private readonly credentials: CredentialsService,
    private readonly creation: TenantCreationService,
  ) {}

  /**
   * Throws a password refusal, EmailTaken, PhoneTaken or CompanyNameTaken. Of parallel calls for one identifier one
   * succeeds. A link goes to the e-mail address and a code to the phone; until they are proven they sign in with the
   * password and do nothing else.
   */
  async register(input: Registration, origin: RequestOrigin): Promise<SignInOutcome> {
    const creation = await this.prepare(input);
    return this.database.acrossTenants((tx) => this.creation.createAndSignIn(tx, creation, origin));
  }

  /** The same without a session, for contracts whose answer to it holds no token. */
  async registerOnly(input: Registration, origin: RequestOrigin): Promise<CreatedTenant> {
    const creation = await this.prepare(input);
    return this.database.acrossTenants((tx) => this.creation.create(tx, creation, origin));
  }

  /** Judges and hashes the password: slow, so outside the transaction. */
  private async prepare(input: Registration): Promise<TenantCreation> {
    const { email, phone, firstName, lastName, companyName: name, businessType, template, slug } = input;
    const about = { email, phone, names: [firstName, lastName], company: name };
    const passwordHash = await this.credentials.prepare(input.password, about);
    const founder = { email, phone, firstName, lastName };
    const tenant = { name, businessType, template, slug };
    return { founder, passwordHash, tenant, method: 'pwd' };
  }
}
