import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import type { PeopleTransaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { CredentialRevocationService } from '../credential-revocation/credential-revocation.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { type ReissuedTokens, ReissueService } from '../sessions/reissue.service.js';
import type { UserEntity } from '../users/entities/user.entity.js';

/** What a change of the password does to everything that signs in as the user. */
@Injectable()
export class PasswordChangeConsequencesService {
  constructor(
    private readonly revocation: CredentialRevocationService,
    private readonly reissuing: ReissueService,
    private readonly notices: NoticesService,
    private readonly audit: AuditService,
  ) {}

  /** Revokes all but the actor's session, which gets new tokens; records the change and notifies the user, who is locked. */
  async apply(tx: PeopleTransaction, actor: Actor, user: UserEntity): Promise<ReissuedTokens> {
    await this.revocation.revoke(tx, user, 'password_changed', { origin: actor.origin, except: actor });
    await this.audit.record(tx, actor.origin, {
      action: 'password.changed',
      tenantId: actor.session.membership?.tenant.id ?? null,
      actorId: actor.userId,
      target: { kind: 'user', id: actor.userId },
    });
    await this.notices.send(tx, user, 'password_changed', actor.origin);
    return this.reissuing.reissue(tx, actor);
  }
}
