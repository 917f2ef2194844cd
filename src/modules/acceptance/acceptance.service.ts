import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import { AuditService } from '../audit/audit.service.js';
import { type SignInOutcome, SignInService } from '../auth/sign-in.service.js';
import { SignInCounts } from '../auth/sign-in-counts.js';
import type { Invitation } from '../invitations/invitation.js';
import { InvitationLinksService } from '../invitations/invitation-links.service.js';
import type { UserEntity } from '../users/entities/user.entity.js';
import type { Acceptance, Acceptor } from './acceptor.js';
import { AcceptorsService } from './acceptors.service.js';
import { AdmissionService } from './admission.service.js';

/** Accepts invitations by the link in their message. */
@Injectable()
export class AcceptanceService {
  constructor(
    private readonly database: Database,
    private readonly links: InvitationLinksService,
    private readonly acceptors: AcceptorsService,
    private readonly admission: AdmissionService,
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
    const acceptor = await this.acceptors.identify(actor, invitation, input, origin);
    const admitted = await this.join(acceptor, invitation, input.token, origin);
    // Failures counted against the previous password must not delay sign-ins with the new one
    if (acceptor.kind === 'newcomer') await this.acceptors.forgetGuesses(admitted.user);
    return admitted.outcome;
  }

  private join(
    acceptor: Acceptor,
    invitation: Invitation,
    token: string,
    origin: RequestOrigin,
  ): Promise<{ user: UserEntity; outcome: SignInOutcome }> {
    const { id, tenantId } = invitation;
    // Across tenants, because a takeover also ends the account's sessions in other tenants
    return this.database.acrossTenants(async (tx) => {
      const inside = tx.forTenant(tenantId);
      await this.admission.lock(tx, acceptor, invitation);
      const spent = await this.links.spend(inside, id, token);
      const user = await this.admission.admit(tx, acceptor, spent, origin);
      await this.links.attribute(inside, id, user.id);
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
}
