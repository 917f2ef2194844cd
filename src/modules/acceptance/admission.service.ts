import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { PeopleTransaction, Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { InvalidCredentials } from '../auth/auth.errors.js';
import { IdentifierVerificationService } from '../identifiers/identifier-verification.service.js';
import type { Invitation, OfferedInvitation } from '../invitations/invitation.js';
import { InvitationWrongAccount } from '../invitations/invitations.errors.js';
import { CredentialsService } from '../passwords/credentials.service.js';
import { EmailVerificationLinksService } from '../profile/email-verification-links.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { MembershipsService } from '../tenants/memberships.service.js';
import type { UserEntity } from '../users/entities/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { hasVerified } from '../users/verified-identifiers.js';
import type { Acceptor, Admitted } from './acceptor.js';

/** Gives the person who accepts an invitation their account and their membership. */
@Injectable()
export class AdmissionService {
  constructor(
    private readonly users: UsersService,
    private readonly verification: IdentifierVerificationService,
    private readonly emails: EmailVerificationLinksService,
    private readonly credentials: CredentialsService,
    private readonly memberships: MembershipsService,
    private readonly sessions: SessionsService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Call this first in the transaction. Takes the same locks as a member who leaves: nobody joins a tenant that is losing
   * its last owner.
   */
  lock(tx: PeopleTransaction, acceptor: Acceptor, { recipient, tenantId }: Invitation): Promise<void> {
    const userId = acceptor.kind === 'account' ? acceptor.user.id : null;
    return this.verification.lockClaim(tx, recipient, { tenantId, userId });
  }

  /**
   * Verifies the recipient's identifier, and makes the account a member as the invitation offers; an account that was
   * taken over keeps a membership that it has. Throws InvitationWrongAccount, InvalidCredentials, AlreadyMember,
   * EmailTaken or PhoneTaken.
   */
  async admit(
    tx: PeopleTransaction,
    acceptor: Acceptor,
    invitation: OfferedInvitation,
    origin: RequestOrigin,
  ): Promise<UserEntity> {
    const { tenantId, role, departmentId, teamIds } = invitation;
    const inside = tx.forTenant(tenantId);
    const { user, isTakenOver } = await this.settle(tx, acceptor, invitation, origin);
    if (!isTakenOver || !(await this.memberships.isMember(inside, user.id)))
      await this.memberships.join(inside, user.id, { roleId: role.id, departmentId, teamIds });
    if (acceptor.kind === 'newcomer') await this.welcome(tx, user, isTakenOver, tenantId, origin);
    return user;
  }

  private async settle(
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
    user: UserEntity,
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
