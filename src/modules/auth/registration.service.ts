import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import { CredentialsService } from '../passwords/credentials.service.js';
import type { RoleTemplateName } from '../tenants/role-templates.js';
import type { NameConflict } from '../tenants/tenants.service.js';
import type { SignInOutcome } from './sign-in.service.js';
import { type CreatedTenant, type TenantCreation, TenantCreationService } from './tenant-creation.service.js';

export interface Registration {
  /** Canonical. `email` or `phone` is required. Registration verifies neither. */
  email?: string;
  /** Canonical. */
  phone?: string;
  password: string;
  companyName: string;
  businessType?: string;
  firstName: string;
  lastName: string;
  template: RoleTemplateName;
  /** What to do if the sameName is taken. Default: throw. */
  sameName?: NameConflict;
}

export interface RegisteredByEmail extends CreatedTenant {
  user: CreatedTenant['user'] & { email: string };
}

/** Creates a tenant and its first member in one transaction. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly database: Database,
    private readonly credentials: CredentialsService,
    private readonly creation: TenantCreationService,
  ) {}

  /**
   * Throws a password policy error, EmailTaken, PhoneTaken or CompanyNameTaken. Of parallel calls for one identifier,
   * one succeeds. Sends a verification link to the e-mail address and a code to the phone. Until they are verified, the
   * identifiers are valid only for sign-in by password.
   */
  async register(input: Registration, origin: RequestOrigin): Promise<SignInOutcome> {
    const creation = await this.prepare(input);
    return this.database.acrossTenants((tx) => this.creation.createAndSignIn(tx, creation, origin));
  }

  /** As `register`, without a session: for contracts whose response contains no token. */
  async registerOnly(
    input: Registration & { email: string },
    origin: RequestOrigin,
  ): Promise<RegisteredByEmail> {
    const creation = await this.prepare(input);
    const created = await this.database.acrossTenants((tx) => this.creation.create(tx, creation, origin));
    return { ...created, user: { ...created.user, email: input.email } };
  }

  /** Checks and hashes the password outside the transaction, because hashing is slow. */
  private async prepare(input: Registration): Promise<TenantCreation> {
    const { email, phone, firstName, lastName, companyName: name, businessType, template, sameName } = input;
    const about = { email, phone, names: [firstName, lastName], company: name };
    const passwordHash = await this.credentials.prepare(input.password, about);
    const creator = { email, phone, firstName, lastName };
    const tenant = { name, businessType, template, sameName };
    return { creator, passwordHash, tenant, method: 'pwd' };
  }
}
