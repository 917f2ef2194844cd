import { Injectable } from '@nestjs/common';
import type { Client } from '../../common/client.js';
import { Database } from '../../database/database.js';
import type { IssuedTokens } from '../sessions/sessions.service.js';
import type { RoleTemplateName } from '../tenants/role-templates.js';
import { TenantsService } from '../tenants/tenants.service.js';
import { EmailVerificationService } from '../users/email-verification.service.js';
import { UsersService } from '../users/users.service.js';
import { CredentialsService } from './credentials.service.js';
import { SignInService } from './sign-in.service.js';

export interface Registration {
  /** Canonical. */
  email: string;
  password: string;
  companyName: string;
  firstName: string;
  lastName: string;
  template: RoleTemplateName;
}

/** A new company and its first member, in one transaction: all of it is there, or nothing. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly tenants: TenantsService,
    private readonly emails: EmailVerificationService,
    private readonly credentials: CredentialsService,
    private readonly gate: SignInService,
  ) {}

  /** Throws a password refusal, EmailTaken or CompanyNameTaken. Of parallel calls for one address one succeeds. */
  async register(input: Registration, client: Client): Promise<IssuedTokens> {
    const { email, firstName, lastName, companyName: name, template } = input;
    const about = { email, names: [firstName, lastName], company: name };
    const hash = await this.credentials.prepare(input.password, about);
    return this.database.transaction(async (tx) => {
      const user = await this.users.create(tx, { email, firstName, lastName, emailVerified: false });
      const tenant = await this.tenants.found(tx, { name, template, founderId: user.id }, client);
      const credential = await this.credentials.set(tx, user.id, hash);
      await this.emails.request(tx, user, email);
      return this.gate.complete(
        tx,
        { userId: user.id, tenantId: tenant.id, method: 'pwd', credential },
        client,
      );
    });
  }
}
