import { Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import type { PeopleTransaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { CredentialRevocationService } from '../credential-revocation/credential-revocation.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import type { EmailChange } from '../profile/email-changes.repository.js';
import { EmailChangesService } from '../profile/email-changes.service.js';
import { FormerIdentifierService } from './former-identifier.service.js';
import { RecoveryService } from './recovery.service.js';

/**
 * Reverts a change of the e-mail address for the previous holder of the account. Revokes every credential: sessions,
 * the password, trusted devices, links and codes, and a second factor enabled since the change was requested. An older
 * second factor stays: access to the user's mailbox must not be enough to remove it.
 */
@Injectable()
export class EmailRevertService {
  constructor(
    private readonly database: Database,
    private readonly changes: EmailChangesService,
    private readonly former: FormerIdentifierService,
    private readonly revocation: CredentialRevocationService,
    private readonly recovery: RecoveryService,
    private readonly notices: NoticesService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Of any number of parallel calls, one succeeds. It then sends a link to set a new password, or a code if the phone
   * was the account's verified identifier. Throws RevertTokenInvalid, or EmailTaken if another account has verified the
   * address since; in both cases nothing changed and the link is unspent.
   */
  async revert(token: string, origin: RequestOrigin): Promise<void> {
    const change = await this.changes.find(token);
    const holder = await this.database.acrossTenants((tx) => this.attempt(tx, token, change, origin));
    await this.recovery.request(holder, origin);
  }

  /** Returns the identifier by which the user can recover the account now. */
  private async attempt(
    tx: PeopleTransaction,
    token: string,
    change: EmailChange,
    origin: RequestOrigin,
  ): Promise<Identifier> {
    const user = await this.former.lock(tx, change, origin);
    const since = await this.changes.spend(tx, token, change);
    const identifier = await this.former.restore(tx, user, change.oldEmail, origin);
    await this.revocation.revoke(tx, user, 'email_change_reverted', { origin, since });
    await this.audit.record(tx, origin, {
      action: 'user.email_change_reverted',
      tenantId: null,
      actorId: user.id,
      target: { kind: 'user', id: user.id },
    });
    await this.notices.send(tx, user, 'email_change_reverted', origin);
    return identifier;
  }
}
