import { Inject, Injectable } from '@nestjs/common';
import { type Identifier, identifiersOf } from '../../common/identifiers.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { MessagesService } from '../messaging/messages.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { SecretsService } from '../secrets/secrets.service.js';
import type { UserEntity } from '../users/entities/user.entity.js';
import type { LeavingUser } from '../users/leaving-users.repository.js';
import { isRecoverableBy } from '../users/verified-identifiers.js';
import { RestorationTokenInvalid } from './account-lifecycle.errors.js';
import { AccountRestorationService } from './account-restoration.service.js';

/** 128 bits, so that the text of an SMS stays short. */
const SMS_SECRET_BYTES = 16;
const PURPOSE = 'account-restoration';

/** The links that cancel a pending account deletion. */
@Injectable()
export class RestorationLinksService {
  constructor(
    private readonly database: Database,
    private readonly secrets: SecretsService,
    private readonly restoration: AccountRestorationService,
    private readonly messages: MessagesService,
    private readonly notices: NoticesService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Sends the link by e-mail, or by SMS if only the phone can recover the account. Sends none if neither can, because
   * another account has verified the identifiers it claimed. Throws MessageLimitExceeded or MessageWithheld.
   */
  async send(tx: Transaction, user: UserEntity, expiresAt: Date, origin: RequestOrigin): Promise<void> {
    const identifier = identifiersOf(user).find(({ kind }) => isRecoverableBy(user, kind));
    if (!identifier) return;
    const { token } = await this.secrets.issue(tx, {
      purpose: PURPOSE,
      subjectId: user.id,
      ttlSeconds: this.config.ACCOUNT_DELETION_GRACE_SECONDS,
      data: { [identifier.kind]: identifier.value },
      ...(identifier.kind === 'phone' && { bytes: SMS_SECRET_BYTES }),
    });
    await this.messages.sendOrFail(tx, {
      template: PURPOSE,
      channel: identifier.kind === 'phone' ? 'sms' : 'email',
      to: identifier.value,
      firstName: user.firstName,
      token,
      expiresAt,
      origin,
      actorId: user.id,
      target: { kind: 'user', id: user.id },
    });
  }

  /**
   * Cancels the deletion and restores the account and its memberships to their former state. Verifies no identifier and
   * opens no session; revoked sessions, keys, links and trusted devices stay revoked. Of any number of parallel calls,
   * one succeeds. Throws RestorationTokenInvalid.
   */
  async restore(token: string, origin: RequestOrigin): Promise<void> {
    const secret = await this.secrets.find(PURPOSE, token);
    if (!secret) throw new RestorationTokenInvalid();
    await this.database.acrossTenants(async (tx) => {
      const user = await this.restoration.lock(tx, secret.subjectId);
      const spent = await this.secrets.spend(tx, PURPOSE, token);
      if (!user || !spent || !isStillSentTo(user, spent.data)) throw new RestorationTokenInvalid();
      await this.restoration.restore(tx, user.id, origin);
      await this.notices.send(tx, user, 'account_restored', origin);
    });
  }
}

/** If another account has verified the identifier meanwhile, a link sent to it must no longer restore this account. */
function isStillSentTo(user: LeavingUser, data: Record<string, unknown>): boolean {
  return identifiersOf(user).some(({ kind, value }: Identifier) => data[kind] === value);
}
