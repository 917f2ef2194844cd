import { Injectable } from '@nestjs/common';
import type { Client } from '../../common/client.js';
import { Database } from '../../database/database.js';
import type { RoleTemplateName } from '../tenants/role-templates.js';
import type { SlugConflict } from '../tenants/tenants.service.js';
import { CredentialsService } from '../passwords/credentials.service.js';
import { type Founded, type Founding, FoundingService } from './founding.service.js';
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
    private readonly founding: FoundingService,
  ) {}

  /**
   * Throws a password refusal, EmailTaken, PhoneTaken or CompanyNameTaken. Of parallel calls for one identifier one
   * succeeds. A link goes to the e-mail address and a code to the phone; until they are proven they sign in with the
   * password and do nothing else.
   */
  async register(input: Registration, client: Client): Promise<SignInOutcome> {
    const founding = await this.prepare(input);
    return this.database.acrossTenants((tx) => this.founding.found(tx, founding, client));
  }

  /** The same without a session, for contracts whose answer to it holds no token. */
  async registerOnly(input: Registration, client: Client): Promise<Founded> {
    const founding = await this.prepare(input);
    return this.database.acrossTenants((tx) => this.founding.establish(tx, founding, client));
  }

  /** Judges and hashes the password: slow, so outside the transaction. */
  private async prepare(input: Registration): Promise<Founding> {
    const { email, phone, firstName, lastName, companyName: name, businessType, template, slug } = input;
    const about = { email, phone, names: [firstName, lastName], company: name };
    const passwordHash = await this.credentials.prepare(input.password, about);
    const founder = { email, phone, firstName, lastName };
    const tenant = { name, businessType, template, slug };
    return { founder, passwordHash, tenant, method: 'pwd' };
  }
}
