import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import type { Identifier } from '../../common/identifiers.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import type { PeopleTransaction, Transaction } from '../../database/transaction.js';
import { AttemptsService, TooManyAttempts } from '../attempts/attempts.service.js';
import { AuditService } from '../audit/audit.service.js';
import { InvalidCredentials } from '../auth/auth.errors.js';
import { type SignInOutcome, SignInService } from '../auth/sign-in.service.js';
import { SignInCounts } from '../auth/sign-in-counts.js';
import { IdentifierVerificationService } from '../identifiers/identifier-verification.service.js';
import { type Credential, CredentialsService } from '../passwords/credentials.service.js';
import { passwordSubjectsOf, signInGuess } from '../passwords/password-guesses.js';
import { EmailVerificationService } from '../profile/email-verification.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { MembershipsService } from '../tenants/memberships.service.js';
import type { User } from '../users/entities/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { hasVerified } from '../users/verified-identifiers.js';
import { type Acceptance, type Acceptor, type Admitted, newcomer } from './acceptor.js';
import type { Invitation } from './invitation.js';
import { InvitationLinksService } from './invitation-links.service.js';
import { InvitationWrongAccount } from './invitations.errors.js';

/** Accepts invitations by the link in their message. */
@Injectable()
export class AcceptanceService {
  constructor(
    private readonly database: Database,
    private readonly links: InvitationLinksService,
    private readonly users: UsersService,
    private readonly verification: IdentifierVerificationService,
    private readonly emails: EmailVerificationService,
    private readonly credentials: CredentialsService,
    private readonly memberships: MembershipsService,
    private readonly attempts: AttemptsService,
    private readonly sessions: SessionsService,
    private readonly signIn: SignInService,
    private readonly counts: SignInCounts,
    private readonly audit: AuditService,
  ) {}

  /**
   * Creates an account, or adds the membership to an existing one, which must authenticate with its session or its
   * current password: accepting never sets a new password for an account that has verified the identifier. The link
   * verifies the e-mail address or phone number it was sent to. An account that only claims it and has verified nothing
   * is emptied and becomes the new person's, with the password and names they choose.
   *
   * Throws what InvitationLinksService throws, InvitationWrongAccount, InvalidCredentials, AlreadyMember, EmailTaken or
   * PhoneTaken if another account got the identifier meanwhile, or an error about the password; the invitation then stays
   * open. A person with a second factor has joined when this returns, but
   * must pass the second factor before the session opens.
   */
  accept(actor: Actor | null, input: Acceptance, origin: RequestOrigin): Promise<SignInOutcome> {
    return this.counts.count('link', () => this.attempt(actor, input, origin));
  }

  private async attempt(
    actor: Actor | null,
    input: Acceptance,
    origin: RequestOrigin,
  ): Promise<SignInOutcome> {
    const invitation = await this.links.open(input.token);
    const acceptor = await this.identify(actor, invitation, input, origin);
    const admitted = await this.join(acceptor, invitation, input.token, origin);
    // Failures counted against the previous password must not delay sign-ins with the new one
    if (acceptor.kind === 'newcomer') await this.attempts.forget(passwordSubjectsOf(admitted.user));
    return admitted.outcome;
  }

  private join(
    acceptor: Acceptor,
    invitation: Invitation,
    token: string,
    origin: RequestOrigin,
  ): Promise<{ user: User; outcome: SignInOutcome }> {
    const ownId = acceptor.kind === 'account' ? acceptor.user.id : null;
    // Across tenants, because a takeover also ends the account's sessions in other tenants
    return this.database.acrossTenants(async (tx) => {
      // Take the same locks as a member who leaves: nobody joins a tenant that is losing its last owner
      const others = { tenantId: invitation.tenantId, userId: ownId };
      await this.verification.lockClaim(tx, invitation.recipient, others);
      const spent = await this.links.spend(tx, invitation, token);
      const { tenantId, role, departmentId, teamIds, id } = spent;
      const { user, isTakenOver } = await this.admit(tx, acceptor, invitation, origin);
      await this.links.attribute(tx, spent, user.id);
      if (!isTakenOver || !(await this.memberships.isMember(tx.forTenant(tenantId), user.id)))
        await this.memberships.join(tx.forTenant(tenantId), user.id, {
          roleId: role.id,
          departmentId,
          teamIds,
        });
      if (acceptor.kind === 'newcomer') await this.welcome(tx, user, isTakenOver, tenantId, origin);
      await this.audit.record(tx, origin, {
        action: 'invitation.accepted',
        tenantId,
        actorId: user.id,
        target: { kind: 'invitation', id },
      });
      const credential = acceptor.kind === 'account' && 'hash' in acceptor.by ? acceptor.by : undefined;
      const authentication = { userId: user.id, tenantId, method: 'link', credential } as const;
      return { user, outcome: await this.signIn.complete(tx, authentication, origin) };
    });
  }

  private async identify(
    actor: Actor | null,
    invitation: Invitation,
    input: Acceptance,
    origin: RequestOrigin,
  ): Promise<Acceptor> {
    const { recipient, tenantName: company } = invitation;
    const holder = await this.users.findByIdentifier(recipient);
    if (actor) {
      if (holder?.id !== actor.userId) throw new InvitationWrongAccount();
      return { kind: 'account', user: holder, by: actor };
    }
    if (holder) {
      const isVerified = hasVerified(holder, recipient.kind);
      const credential = await this.matching(holder, recipient, input.password, origin);
      if (credential) return { kind: 'account', user: holder, by: credential };
      if (isVerified) {
        await this.recordDenial(invitation, origin);
        throw new InvalidCredentials(undefined, { userId: holder.id });
      }
    }
    const person = newcomer(invitation, input);
    const { email = person.pendingEmail, phone, firstName, lastName } = person;
    const owner = { email, phone, names: [firstName, lastName], company };
    return { kind: 'newcomer', hash: await this.credentials.prepare(input.password ?? '', owner), person };
  }

  private async matching(
    user: User,
    recipient: Identifier,
    password: string | undefined,
    origin: RequestOrigin,
  ): Promise<Credential | null> {
    if (password === undefined) return null;
    const credential = await this.credentials.find(user.id);
    const rest = { address: origin.address, about: { userId: user.id } };
    const guess = signInGuess(recipient, user, rest);
    try {
      return (await this.credentials.matches(credential, password, guess)) ? credential : null;
    } catch (error) {
      // Failures against an account that only claims the identifier must not block the person whom the link verifies
      if (!hasVerified(user, recipient.kind) && error instanceof TooManyAttempts) return null;
      throw error;
    }
  }

  /** Names no account: the tenant must not learn whose password was wrong. */
  private recordDenial({ tenantId, id }: Invitation, origin: RequestOrigin): Promise<void> {
    const event = {
      action: 'sign_in.refused',
      tenantId,
      actorId: null,
      outcome: 'refused',
      target: { kind: 'invitation', id },
    } as const;
    return this.database.inTenant(tenantId, (tx) => this.audit.record(tx, origin, event));
  }

  private async admit(
    tx: PeopleTransaction,
    acceptor: Acceptor,
    { recipient }: Invitation,
    origin: RequestOrigin,
  ): Promise<Admitted> {
    const { kind, value } = recipient;
    if (acceptor.kind === 'account') {
      const user = await this.users.lock(tx, acceptor.user.id);
      if (user?.[kind] !== value) throw new InvitationWrongAccount();
      if ('session' in acceptor.by) await this.sessions.assertOpen(tx, acceptor.by);
      if (!hasVerified(user, kind)) await this.verification.verifyOwn(tx, user, recipient, origin);
      return { user, isTakenOver: false };
    }
    const { hash, person } = acceptor;
    const holder = await this.verification.verify(tx, recipient, origin);
    // Another account has verified the identifier since `identify`
    if (holder?.how === 'owner') throw new InvalidCredentials(undefined, { userId: holder.user.id });
    const user = holder
      ? await this.users.fill(tx, holder.user, person)
      : await this.users.create(tx, person);
    await this.credentials.set(tx, user.id, hash);
    return { user, isTakenOver: holder !== null };
  }

  /**
   * Records the new user, and sends the verification of the e-mail address that a person invited by phone has given.
   * The caller cannot tell from the result whether another account has the address.
   */
  private async welcome(
    tx: Transaction,
    user: User,
    isTakenOver: boolean,
    tenantId: string,
    origin: RequestOrigin,
  ): Promise<void> {
    if (!isTakenOver) {
      await this.audit.record(tx, origin, {
        action: 'user.created',
        tenantId,
        actorId: user.id,
        target: { kind: 'user', id: user.id },
      });
    }
    if (user.pendingEmail !== null) {
      const sender = { sessionId: null, userId: user.id, tenantId };
      await this.emails.requestUnlessTaken(tx, user, user.pendingEmail, { origin, tenantId }, sender);
    }
  }
}
