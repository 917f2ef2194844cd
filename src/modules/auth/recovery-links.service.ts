import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.js';
import type { Transaction } from '../../database/transaction.js';
import { MessagesService } from '../messaging/messages.service.js';
import type { PasswordResetMessage } from '../messaging/outgoing-message.js';
import { SecretsService } from '../secrets/secrets.service.js';
import type { UserEntity } from '../users/entities/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { isRecoverableBy } from '../users/verified-identifiers.js';
import { ResetTokenInvalid } from './auth.errors.js';

/** Whom a link goes to. */
export type LinkRecipient = Pick<PasswordResetMessage, 'template' | 'to' | 'fromKnownAddress' | 'origin'>;

/** Links that set a new password. */
@Injectable()
export class RecoveryLinksService {
  constructor(
    private readonly users: UsersService,
    private readonly secrets: SecretsService,
    private readonly messages: MessagesService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Whether the sending limits allow a link. */
  mayReceive(tx: Transaction, recipient: LinkRecipient): Promise<boolean> {
    return this.messages.mayReceive(tx, recipient);
  }

  /**
   * Sends a link and revokes the older one of the subject. Without a user it runs the same statements and sends nothing;
   * `subjectId` is then the id of nobody.
   */
  async send(
    tx: Transaction,
    recipient: LinkRecipient,
    user: UserEntity | null,
    subjectId: string,
  ): Promise<void> {
    const { template: purpose, to: email } = recipient;
    const ttlSeconds = this.config.RESET_LINK_TTL_SECONDS;
    const secret = await this.secrets.issue(tx, { purpose, subjectId, ttlSeconds, data: { email } });
    const firstName = user && isRecoverableBy(user, 'email') ? user.firstName : '';
    const message = { ...recipient, firstName, ...secret };
    await (user ? this.messages.send(tx, message) : this.messages.suppress(tx, message));
  }

  /**
   * Returns the account that holds the address the link was sent to, without spending the link. Throws
   * ResetTokenInvalid.
   */
  async open(token: string): Promise<UserEntity & { email: string }> {
    const secret = await this.secrets.find('password-reset', token);
    const email = String(secret?.data.email);
    const user =
      secret?.state === 'open'
        ? await this.users.findHolderToRecover({ kind: 'email', value: email }, null)
        : null;
    if (!user || user.id !== secret?.subjectId) throw new ResetTokenInvalid();
    return { ...user, email };
  }
}
