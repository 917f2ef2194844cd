import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import type { Client } from '../../common/client.js';
import { Database, type Tx } from '../../database/database.js';
import { TooManyAttempts } from '../attempts/attempts.service.js';
import { AuditService } from '../audit/audit.service.js';
import { InvalidCredentials } from '../auth/auth.errors.js';
import { type Credential, CredentialsService } from '../auth/credentials.service.js';
import { SignInService } from '../auth/sign-in.service.js';
import type { IssuedTokens } from '../sessions/sessions.service.js';
import { MembershipsService } from '../tenants/memberships.service.js';
import type { User } from '../users/entities/user.entity.js';
import { IdentifierProofService } from '../users/identifier-proof.service.js';
import { UsersService } from '../users/users.service.js';
import type { Invitation } from './invitation.js';
import { InvitationLinksService } from './invitation-links.service.js';
import { InvitationWrongAccount } from './invitations.errors.js';

export interface Acceptance {
  token: string;
  /** A new person's choice; for an existing account its own password. Not needed with a session. */
  password?: string;
  firstName?: string;
  lastName?: string;
}

/** How the person behind an accepted invitation comes to have an account. */
type Acceptor =
  | { kind: 'account'; user: User; credential?: Credential }
  | { kind: 'newcomer'; hash: string; firstName: string; lastName: string };

/** Joining a tenant by the link in an invitation. */
@Injectable()
export class AcceptanceService {
  constructor(
    private readonly database: Database,
    private readonly links: InvitationLinksService,
    private readonly users: UsersService,
    private readonly proof: IdentifierProofService,
    private readonly credentials: CredentialsService,
    private readonly memberships: MembershipsService,
    private readonly gate: SignInService,
    private readonly audit: AuditService,
  ) {}

  /**
   * A new person gets an account; an existing one joins with its session or its own password, never by choosing a
   * new one. The link proves the invited address. Throws what the link's service throws, InvitationWrongAccount,
   * InvalidCredentials, AlreadyMember or a password refusal; then the invitation is unspent.
   */
  async accept(actor: Actor | null, input: Acceptance, client: Client): Promise<IssuedTokens> {
    const invitation = await this.links.open(input.token);
    const acceptor = await this.identify(actor, invitation, input, client);
    return this.database.transaction(async (tx) => {
      const { tenantId, role, departmentId, teamIds, id } = await this.links.spend(tx, input.token);
      const user = await this.admit(tx, acceptor, invitation, client);
      await this.links.attribute(tx, id, user.id);
      await this.memberships.join(tx, tenantId, user.id, { roleId: role.id, departmentId, teamIds });
      await this.audit.record(tx, client, {
        action: 'invitation.accepted',
        tenantId,
        actorId: user.id,
        target: { kind: 'invitation', id },
      });
      const credential = acceptor.kind === 'account' ? acceptor.credential : undefined;
      return this.gate.complete(tx, { userId: user.id, tenantId, method: 'link', credential }, client);
    });
  }

  private async identify(
    actor: Actor | null,
    invitation: Invitation,
    { password, firstName, lastName }: Acceptance,
    client: Client,
  ): Promise<Acceptor> {
    const holder = await this.users.findByEmail(invitation.email);
    if (actor) {
      if (holder?.id !== actor.userId) throw new InvitationWrongAccount();
      return { kind: 'account', user: holder };
    }
    if (holder) {
      const credential = await this.matching(holder, password, client);
      if (credential) return { kind: 'account', user: holder, credential };
      if (holder.emailVerifiedAt) throw new InvalidCredentials();
    }
    const names = {
      firstName: firstName ?? invitation.firstName ?? invitation.email.split('@')[0] ?? '',
      lastName: lastName ?? invitation.lastName ?? '',
    };
    const owner = { email: invitation.email, names: Object.values(names), company: invitation.tenantName };
    return { kind: 'newcomer', hash: await this.credentials.prepare(password ?? '', owner), ...names };
  }

  private async matching(
    user: User,
    password: string | undefined,
    client: Client,
  ): Promise<Credential | null> {
    if (password === undefined) return null;
    const credential = await this.credentials.find(user.id);
    const guess = { subject: `user:${user.id}`, address: client.address };
    try {
      return (await this.credentials.matches(credential, password, guess)) ? credential : null;
    } catch (error) {
      // Guesses at an account that proved nothing must not keep the invited person out: to it, she is new
      if (error instanceof TooManyAttempts && !user.emailVerifiedAt) return null;
      throw error;
    }
  }

  private async admit(tx: Tx, acceptor: Acceptor, { email }: Invitation, client: Client): Promise<User> {
    if (acceptor.kind === 'account') {
      const user = await this.users.lock(tx, acceptor.user.id);
      if (!user || user.email !== email) throw new InvitationWrongAccount();
      if (!user.emailVerifiedAt) await this.proof.proveEmail(tx, user.id, email, client);
      return user;
    }
    await this.proof.releaseUnproven(tx, email, null, client);
    const { firstName, lastName, hash } = acceptor;
    const user = await this.users.create(tx, { email, firstName, lastName, emailVerified: true });
    await this.credentials.set(tx, user.id, hash);
    return user;
  }
}
