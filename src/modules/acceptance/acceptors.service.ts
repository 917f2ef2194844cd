import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import type { Identifier } from '../../common/identifiers.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import { AttemptsService, TooManyAttempts } from '../attempts/attempts.service.js';
import { AuditService } from '../audit/audit.service.js';
import { InvalidCredentials } from '../auth/auth.errors.js';
import type { Invitation } from '../invitations/invitation.js';
import { InvitationWrongAccount } from '../invitations/invitations.errors.js';
import { type Credential, CredentialsService } from '../passwords/credentials.service.js';
import { passwordSubjectsOf, signInGuess } from '../passwords/password-guesses.js';
import type { UserEntity } from '../users/entities/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { hasVerified } from '../users/verified-identifiers.js';
import { type Acceptance, type Acceptor, newcomer } from './acceptor.js';

/** Decides who accepts an invitation. */
@Injectable()
export class AcceptorsService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly credentials: CredentialsService,
    private readonly attempts: AttemptsService,
    private readonly audit: AuditService,
  ) {}

  /**
   * The account that accepts, which must authenticate with its session or its password; or a person who gets an account
   * with the password they choose. Throws InvitationWrongAccount, InvalidCredentials or an error about the password.
   */
  async identify(
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
    user: UserEntity,
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

  /** Deletes the counts of wrong passwords for the account. */
  forgetGuesses(user: UserEntity): Promise<void> {
    return this.attempts.forget(passwordSubjectsOf(user));
  }
}
