import { Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { Transaction } from '../../database/transaction.js';
import { ApiKeyRecoveryService } from '../api-keys/api-key-recovery.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { EmailChangesService } from '../profile/email-changes.service.js';
import type { User } from '../users/entities/user.entity.js';

/** Revokes what others may have set up in an account before its owner recovered it. */
@Injectable()
export class RecoveryConsequencesService {
  constructor(
    private readonly changes: EmailChangesService,
    private readonly apiKeys: ApiKeyRecoveryService,
    private readonly notices: NoticesService,
  ) {}

  /**
   * The user recovered the account by this verified identifier. Revokes the revert links of later e-mail changes and
   * recently created API keys, and notifies the user, listing the keys that remain.
   */
  async apply(tx: Transaction, user: User, identifier: Identifier, origin: RequestOrigin): Promise<void> {
    await this.changes.recovered(tx, user, identifier);
    const keptKeys = await this.apiKeys.revokeRecent(tx, user.id, origin);
    await this.notices.send(tx, user, 'password_recovered', origin, { keptKeys });
  }
}
