import type { Actor } from '../../src/common/actor.js';
import { AcceptanceService } from '../../src/modules/acceptance/acceptance.service.js';
import { PasswordSignInService } from '../../src/modules/auth/password-sign-in.service.js';
import { RegistrationService } from '../../src/modules/auth/registration.service.js';
import type { SignInOutcome } from '../../src/modules/auth/sign-in.service.js';
import { InvitationsService } from '../../src/modules/invitations/invitations.service.js';
import { EmailVerificationService } from '../../src/modules/profile/email-verification.service.js';
import { AccessTokensService } from '../../src/modules/sessions/access-tokens.service.js';
import { SessionStatesService } from '../../src/modules/sessions/session-states.service.js';
import type { IssuedTokens } from '../../src/modules/sessions/sessions.service.js';
import type { RoleTemplateName } from '../../src/modules/tenants/role-templates.js';
import type { Core } from './core.js';
import { tokenOf } from './inbox.js';
import { PASSWORD, unique, uniqueEmail } from './unique.js';

export interface Person {
  id: string;
  email: string;
  tenant: { id: string; slug: string };
  /** Of the session in which the person joined or signed in. */
  tokens: IssuedTokens;
  /** The caller of that session, as the guards read it. */
  actor: Actor;
}

/** Builders over the services of AcceptanceModule. Each makes data of its own, and throws where that fails. */
export class People {
  constructor(private readonly core: Core) {}

  /** A new tenant, and its owner, who has verified the address by the link. */
  async owner({ template = 'primary' }: { template?: RoleTemplateName } = {}): Promise<Person> {
    const email = uniqueEmail('owner');
    const origin = this.core.origin();
    const names = { firstName: 'Olga', lastName: 'Owner', companyName: `Company ${unique()}` };
    const registration = { email, password: PASSWORD, template, ...names };
    const tokens = tokensOf(await this.core.get(RegistrationService).register(registration, origin));
    const owner = await this.actor(tokens.accessToken);
    const token = tokenOf(await this.core.latest(email, 'verify-email'));
    await this.core.get(EmailVerificationService).verify(owner, token);
    return this.person(email, tokens);
  }

  /** The secret of an invitation to this tenant, from its message. */
  async invitation(by: Person, { email = uniqueEmail('invited'), role = 'user' } = {}) {
    const recipient = { kind: 'email', value: email } as const;
    const { id } = await this.core.get(InvitationsService).create(by.actor, { recipient, role });
    return { id, email, token: tokenOf(await this.core.latest(email, 'invitation')) };
  }

  /** A new person, who accepted an invitation to this tenant. */
  async member(of: Person, role = 'user'): Promise<Person> {
    const { email, token } = await this.invitation(of, { role });
    const acceptance = { token, password: PASSWORD, firstName: 'Mia', lastName: 'Member' };
    const outcome = await this.core.get(AcceptanceService).accept(null, acceptance, this.core.origin());
    return this.person(email, tokensOf(outcome));
  }

  /** Makes the person a member of another tenant, too. */
  async join(person: Person, to: Person, role = 'user'): Promise<void> {
    const { token } = await this.invitation(to, { email: person.email, role });
    await this.core.get(AcceptanceService).accept(person.actor, { token }, this.core.origin());
  }

  /** Both steps of a sign-in by password. */
  async signIn(
    { email }: Pick<Person, 'email'>,
    { password = PASSWORD, tenantSlug, origin = this.core.origin() }: SignIn = {},
  ): Promise<SignInOutcome> {
    const service = this.core.get(PasswordSignInService);
    const identifier = { kind: 'email', value: email } as const;
    return service.complete(await service.verify({ identifier, password, tenantSlug }, origin), origin);
  }

  /** Another session of the same account. */
  async session(of: Pick<Person, 'email'>, how: SignIn = {}): Promise<Person> {
    return this.person(of.email, tokensOf(await this.signIn(of, how)));
  }

  /** The caller with this access token, as the guards read it. Throws AccessTokenInvalid. */
  async actor(accessToken: string): Promise<Actor> {
    const claims = await this.core.get(AccessTokensService).verify(accessToken);
    const session = await this.core.get(SessionStatesService).getByClaims(claims);
    return { kind: 'user', userId: session.user.id, session, origin: this.core.origin() };
  }

  private async person(email: string, tokens: IssuedTokens): Promise<Person> {
    const actor = await this.actor(tokens.accessToken);
    const tenant = actor.session.membership?.tenant;
    if (!tenant) throw new Error(`The session of ${email} is in no tenant`);
    return { id: actor.userId, email, tenant, tokens, actor };
  }
}

interface SignIn {
  password?: string;
  tenantSlug?: string;
  origin?: ReturnType<Core['origin']>;
}

/** Throws if the sign-in asked for a second factor. */
export function tokensOf(outcome: SignInOutcome): IssuedTokens {
  if (outcome.kind !== 'signed-in') throw new Error('The sign-in asked for a second factor');
  return outcome.tokens;
}
