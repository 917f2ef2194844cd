import { Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { Transaction } from '../../database/transaction.js';
import { ApiKeyRevocationService } from '../api-keys/api-key-revocation.service.js';
import { CredentialRevocationService } from '../credential-revocation/credential-revocation.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { EmailChangesService } from '../profile/email-changes.service.js';
import type { UserEntity } from '../users/entities/user.entity.js';

/** Revokes what others may have set up in an account before its owner recovered it. */
@Injectable()
export class RecoveryConsequencesService {
  constructor(
    private readonly revocation: CredentialRevocationService,
    private readonly changes: EmailChangesService,
    private readonly apiKeys: ApiKeyRevocationService,
    private readonly notices: NoticesService,
  ) {}

  /**
   * The user recovered the account by this verified identifier. Revokes credentials, and the revert links of later
   * e-mail changes, and notifies the user, listing the API keys that remain.
   */
  async apply(
    tx: Transaction,
    user: UserEntity,
    identifier: Identifier,
    origin: RequestOrigin,
  ): Promise<void> {
    await this.revocation.revoke(tx, user, 'password_recovered', { origin });
    await this.changes.recovered(tx, user, identifier);
    const keptKeys = await this.apiKeys.listLive(tx, user.id);
    await this.notices.send(tx, user, 'password_recovered', origin, { keptKeys });
  }
}
