import type { TenantAnswer, UserAnswer } from './answer.js';
import { Client, type Reply } from './client.js';
import { Inbox } from './inbox.js';
import { NEW_PASSWORD, PASSWORD, unique, uniqueEmail } from './unique.js';

export { NEW_PASSWORD, PASSWORD, unique, uniqueEmail };

export interface Account {
  email: string;
  password: string;
  accessToken: string;
  refreshToken: string;
  user: UserAnswer;
  tenant: TenantAnswer;
  /** Signed in as this account, at an address of its own. */
  client: Client;
}

export interface Invited {
  id: string;
  email: string;
  token: string;
}

/** Builders: each creates data of its own through the published contract, and throws where that fails. */
export class Given {
  /** `markVerified` verifies an address by a shortcut; without it, the link in the message is opened. */
  constructor(
    private readonly newClient: () => Client,
    private readonly markVerified?: (userId: string) => Promise<unknown>,
  ) {}

  get inbox(): Inbox {
    return new Inbox(this.newClient());
  }

  /** A body for POST /auth/register, unique to the test. */
  registration(overrides: Record<string, unknown> = {}) {
    return {
      email: uniqueEmail('owner'),
      password: PASSWORD,
      companyName: `Company ${unique()}`,
      firstName: 'Olga',
      lastName: 'Owner',
      ...overrides,
    };
  }

  /** A new tenant and its owner, whose address is verified, signed in. */
  async tenant(overrides: Partial<ReturnType<Given['registration']>> = {}): Promise<Account> {
    const owner = await this.unverifiedTenant(overrides);
    if (this.markVerified) await this.markVerified(owner.user.id);
    else await this.openLink(owner);
    return owner;
  }

  /** A new tenant and its owner as registration leaves them: the address is only claimed. */
  async unverifiedTenant(overrides: Partial<ReturnType<Given['registration']>> = {}): Promise<Account> {
    const body = this.registration(overrides);
    const client = this.newClient();
    const reply = demand(await client.post('/auth/register', body), 201);
    return account(client, reply, body);
  }

  /** An open invitation of a new person, and the secret from its message. */
  async invitation(by: Account, { role = 'user', email = uniqueEmail('invited') } = {}): Promise<Invited> {
    const reply = demand(await by.client.post('/auth/invite', { email, role }), 201);
    return { id: reply.body.id, email, token: await this.inbox.token(email, 'invitation') };
  }

  /** A new person who accepted an invitation into this tenant. */
  async member(of: Account, role = 'user', email = uniqueEmail(role)): Promise<Account> {
    const { token } = await this.invitation(of, { role, email });
    const client = this.newClient();
    const body = { token, password: PASSWORD, firstName: 'Mia', lastName: 'Member' };
    const reply = demand(await client.post('/auth/invite/accept', body), 201);
    return account(client, reply, { email, password: PASSWORD });
  }

  /** Another session of the same account, from another address. */
  async login(as: Pick<Account, 'email' | 'password' | 'tenant'>): Promise<Account> {
    const client = this.newClient();
    const body = { tenantSlug: as.tenant.slug, email: as.email, password: as.password };
    const reply = demand(await client.post('/auth/login', body), 200);
    return account(client, reply, as);
  }

  /** The secret of a fresh reset link. */
  async resetToken(of: Pick<Account, 'email' | 'tenant'>): Promise<string> {
    const body = { email: of.email, tenantSlug: of.tenant.slug };
    demand(await this.newClient().post('/auth/forgot-password', body), 200);
    return this.inbox.token(of.email, 'password-reset');
  }

  /** The secret of the link that registration sent. */
  verificationToken(of: Pick<Account, 'email'>): Promise<string> {
    return this.inbox.token(of.email, 'verify-email');
  }

  /** A new tenant whose owner has verified the address by the link. */
  async verifiedTenant(overrides: Partial<ReturnType<Given['registration']>> = {}): Promise<Account> {
    const owner = await this.unverifiedTenant(overrides);
    await this.openLink(owner);
    return owner;
  }

  private async openLink(owner: Account): Promise<void> {
    const token = await this.verificationToken(owner);
    demand(await owner.client.post('/auth/verify-email', { token }), 200);
  }
}

function account(client: Client, { body }: Reply, known: { email: string; password: string }): Account {
  const { accessToken, refreshToken, user, tenant } = body;
  const { email, password } = known;
  return { email, password, accessToken, refreshToken, user, tenant, client: client.withToken(accessToken) };
}

/** The reply, if it has this status. Otherwise throws at once, so that the test fails at the builder. */
function demand(reply: Reply, status: number): Reply {
  if (reply.status === status) return reply;
  throw new Error(`A builder needed ${status} and got ${reply.status} ${reply.text}`);
}
