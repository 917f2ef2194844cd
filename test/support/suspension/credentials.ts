import { Client } from '../client.js';
import type { Account } from '../given.js';
import { type Operator, WHY } from '../operators.js';
import type { Seen } from '../revocation/probes.js';
import { type Subject, Subjects } from '../revocation/subject.js';
import type { Server } from '../server.js';
import { type ServiceAccountAnswer, ServiceAccounts } from '../service-accounts.js';
import type { TestApp } from '../test-app.js';

/** Everything that a person, their tenant and an operator sign in with. */
export interface Holder {
  subject: Subject;
  service: ServiceAccountAnswer;
  serviceToken: string;
  operator: Operator;
  /** Of the operator, in the person's place. */
  impersonationToken: string;
}

/** Beside those of the revocation matrix. */
export const OTHERS = [
  'password',
  'passwordInTenant',
  'passwordOfOwner',
  'serviceSecret',
  'serviceToken',
  'impersonationToken',
  'operatorToken',
  'operatorPassword',
] as const;
export type Other = (typeof OTHERS)[number];

export async function createHolder(t: TestApp, operator: Operator): Promise<Holder> {
  const subject = await new Subjects(t).create('member');
  const services = new ServiceAccounts(t);
  const service = await services.create(subject.owner, { scopes: ['leads.view'] });
  const serviceToken = await services.token(service);
  return {
    subject,
    service,
    serviceToken,
    operator,
    impersonationToken: await impersonate(operator, subject),
  };
}

async function impersonate({ client }: Operator, { userId, tenantId }: Subject): Promise<string> {
  const path = `/platform/people/${userId}/impersonate`;
  const { status, text, body } = await client.post(path, { ...WHY, tenantId });
  if (status !== 200) throw new Error(`The impersonation got ${status} ${text}`);
  return body.accessToken;
}

/** Tries them at one server. */
export class OtherProbes {
  constructor(
    private readonly t: TestApp,
    private readonly server: Server,
  ) {}

  async try(credential: Other, holder: Holder): Promise<Seen> {
    return (await this.all[credential](holder)) ? 'alive' : 'dead';
  }

  private readonly all: Record<Other, (holder: Holder) => Promise<boolean>> = {
    password: ({ subject }) => this.signsIn(subject),
    passwordInTenant: ({ subject }) => this.signsIn(subject, subject.owner.tenant.slug),
    passwordOfOwner: ({ subject: { owner } }) => this.signsIn(owner, owner.tenant.slug),
    serviceSecret: async ({ service: { id, clientSecret } }) => {
      const fields = { client_id: id, client_secret: clientSecret ?? '' };
      const reply = await new ServiceAccounts(this.t).ask(fields, {}, this.client());
      return decide(reply.status, [401]);
    },
    serviceToken: ({ serviceToken }) => this.verifies(serviceToken),
    impersonationToken: ({ impersonationToken }) => this.verifies(impersonationToken),
    operatorToken: async ({ operator: { client, token } }) => {
      // Bound to the address of its sign-in
      const there = new Client(this.server.origin, token, client);
      return decide((await there.get('/platform/auth/me')).status, [401]);
    },
    operatorPassword: async ({ operator: { email, password, authenticator } }) => {
      const body = { email, password, code: authenticator.nextCode() };
      return decide((await this.client().post('/platform/auth/sign-in', body)).status, [401]);
    },
  };

  private async verifies(token: string): Promise<boolean> {
    return decide((await this.client(token).get('/auth/verify')).status, [401]);
  }

  /** With a second factor, the password only leads to the question for it. */
  private async signsIn({ email, password }: Pick<Account, 'email' | 'password'>, tenantSlug?: string) {
    const reply = await this.client().post('/auth/login', { email, password, tenantSlug });
    return decide(reply.status, [401, 404]);
  }

  private client(token: string | null = null) {
    return this.t.client(token, this.server);
  }
}

function decide(status: number, dead: number[]): boolean {
  if (status < 300) return true;
  if (dead.includes(status)) return false;
  throw new Error(`Neither dead nor alive: ${status}`);
}
