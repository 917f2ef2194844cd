import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import { CONFIG, type Config } from '../../config/config.js';
import type { PeopleTransaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { CredentialRevocationService } from '../credential-revocation/credential-revocation.service.js';
import type { CountedCredentials } from '../tenants/member-credentials.repository.js';
import { MemberCredentialsService } from '../tenants/member-credentials.service.js';
import type { UserEntity } from '../users/entities/user.entity.js';
import { LeavingUsersRepository } from '../users/leaving-users.repository.js';
import { UserGone } from '../users/users.errors.js';
import { RestorationLinksService } from './restoration-links.service.js';

/** Starts the time in which an account can be restored. */
@Injectable()
export class PendingDeletionService {
  constructor(
    private readonly leavingUsers: LeavingUsersRepository,
    private readonly credentials: MemberCredentialsService,
    private readonly revocation: CredentialRevocationService,
    private readonly restorationLinks: RestorationLinksService,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Marks the account, revokes every credential that grants access by itself, records the request, and sends the
   * restoration link. The caller has locked the user and these tenants, which are the user's. Returns when the account
   * will be erased. Throws UserGone, MessageLimitExceeded or MessageWithheld.
   */
  async start(tx: PeopleTransaction, actor: Actor, user: UserEntity, tenantIds: string[]): Promise<Date> {
    const { origin } = actor;
    const deletionAt = await this.leavingUsers.mark(tx, user.id, this.config.ACCOUNT_DELETION_GRACE_SECONDS);
    if (!deletionAt) throw new UserGone();
    const counted: (CountedCredentials & { tenantId: string | null })[] = [];
    for (const tenantId of tenantIds.length > 0 ? tenantIds : [null])
      counted.push({ tenantId, ...(await this.credentials.count(tx, tenantId, user.id)) });
    const { trustedDevices } = await this.revocation.revoke(tx, user, 'account_left', { origin });
    // In the audit trail of each of the user's tenants, without naming the others
    for (const { tenantId, ...counts } of counted) {
      await this.audit.record(tx, origin, {
        action: 'user.deletion_requested',
        tenantId,
        actorId: actor.userId,
        target: { kind: 'user', id: actor.userId },
        detail: { deletionAt, ...counts, trustedDevices },
      });
    }
    await this.restorationLinks.send(tx, user, deletionAt, origin);
    return deletionAt;
  }
}
