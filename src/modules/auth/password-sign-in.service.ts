import { Injectable } from '@nestjs/common';
import type { Client } from '../../common/client.js';
import { Database } from '../../database/database.js';
import { AuditService } from '../audit/audit.service.js';
import type { IssuedTokens } from '../sessions/sessions.service.js';
import { TenantNotFound } from '../tenants/tenants.errors.js';
import { TenantsService } from '../tenants/tenants.service.js';
import { InvalidCredentials } from './auth.errors.js';
import { type Credential, CredentialsService } from './credentials.service.js';
import { SignInService } from './sign-in.service.js';

export interface PasswordSignIn {
  /** Canonical. */
  email: string;
  password: string;
  /** Opens this organisation; without it the one used last. */
  tenantSlug?: string;
}

interface Account {
  credential: Credential;
  tenantId: string | null;
}

interface AccountRow {
  user_id: string;
  hash: string | null;
  consecutive_failures: number;
  tenant_id: string | null;
}

/** $1 e-mail, $2 the wanted tenant or null. The tenant used last comes first. */
const FIND_ACCOUNT = {
  name: 'find-account-by-email',
  text: `
    SELECT u.id AS user_id, c.hash, COALESCE(c.consecutive_failures, 0) AS consecutive_failures,
      (SELECT m.tenant_id FROM memberships m JOIN tenants t ON t.id = m.tenant_id AND t.status = 'active'
       WHERE m.user_id = u.id AND m.status = 'active' AND ($2::uuid IS NULL OR m.tenant_id = $2)
       ORDER BY m.last_used_at DESC, m.id LIMIT 1) AS tenant_id
    FROM users u LEFT JOIN password_credentials c ON c.user_id = u.id
    WHERE u.email = $1 AND u.status = 'active'`,
};

@Injectable()
export class PasswordSignInService {
  constructor(
    private readonly database: Database,
    private readonly tenants: TenantsService,
    private readonly credentials: CredentialsService,
    private readonly gate: SignInService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Throws TenantNotFound for an unknown slug, InvalidCredentials for everything else that does not fit, in the same
   * time whether or not the account exists, and TooManyAttempts.
   */
  async signIn(input: PasswordSignIn, client: Client): Promise<IssuedTokens> {
    const tenantId = await this.wantedTenant(input.tenantSlug);
    const account = await this.findAccount(input.email, tenantId);
    const subject = account ? `user:${account.credential.userId}` : `email:${input.email}`;
    const guess = { subject, address: client.address };
    const matches = await this.credentials.matches(account?.credential ?? null, input.password, guess);
    const isOutside = tenantId !== null && account?.tenantId === null;
    if (!matches || !account || isOutside) {
      await this.recordRefusal(account, tenantId, client);
      throw new InvalidCredentials();
    }
    const credential = await this.credentials.renew(account.credential, input.password);
    return this.database.transaction((tx) =>
      this.gate.complete(
        tx,
        { userId: credential.userId, tenantId: account.tenantId, method: 'pwd', credential },
        client,
      ),
    );
  }

  private async wantedTenant(slug: string | undefined): Promise<string | null> {
    if (slug === undefined) return null;
    const tenant = await this.tenants.findBySlug(slug);
    if (!tenant) throw new TenantNotFound();
    return tenant.id;
  }

  private async findAccount(email: string, tenantId: string | null): Promise<Account | null> {
    const [row] = await this.database.run<AccountRow>(FIND_ACCOUNT, [email, tenantId]);
    if (!row) return null;
    const credential = { userId: row.user_id, hash: row.hash, failures: row.consecutive_failures };
    return { credential, tenantId: row.tenant_id };
  }

  private async recordRefusal(
    account: Account | null,
    tenantId: string | null,
    client: Client,
  ): Promise<void> {
    await this.audit.record(this.database.manager, client, {
      action: 'sign_in.refused',
      tenantId: tenantId ?? account?.tenantId ?? null,
      actorId: null,
      outcome: 'refused',
      ...(account && { target: { kind: 'user', id: account.credential.userId } }),
    });
  }
}
