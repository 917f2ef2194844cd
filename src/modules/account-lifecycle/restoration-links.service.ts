import { Inject, Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import { type Identifier, identifiersOf } from '../../common/identifiers.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database, type Tx } from '../../database/database.js';
import { MessagesService } from '../messaging/messages.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { SecretsService } from '../secrets/secrets.service.js';
import type { User } from '../users/entities/user.entity.js';
import { isRecoverableBy } from '../users/verified-identifiers.js';
import { AccountRestorationService, type Leaver } from './account-restoration.service.js';
import { RestorationTokenInvalid } from './account-lifecycle.errors.js';

/** The secret of an SMS: 128 bits, so that the text stays short. */
const SMS_SECRET_BYTES = 16;
const PURPOSE = 'account-restoration';

/** The link by which an account on its way out comes back. */
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
   * By e-mail, or by SMS where only the phone is the person's; not at all where neither is, since another has verified
   * what they claimed. Throws MessageLimitExceeded or MessageWithheld.
   */
  async send(tx: Tx, user: User, expiresAt: Date, origin: RequestOrigin): Promise<void> {
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
   * Undoes the deletion: the account and its memberships are what they were. It proves nothing and signs nobody in;
   * sessions, keys, links and trusted devices stay dead. Of any number of parallel calls one succeeds. Throws
   * RestorationTokenInvalid.
   */
  async restore(token: string, origin: RequestOrigin): Promise<void> {
    const secret = await this.secrets.find(PURPOSE, token);
    if (!secret) throw new RestorationTokenInvalid();
    await this.database.acrossTenants(async (tx) => {
      const user = await this.restoration.lock(tx, secret.subjectId);
      const spent = await this.secrets.spend(tx, PURPOSE, token);
      if (!user || !spent || !isStillSentTo(user, spent.data)) throw new RestorationTokenInvalid();
      await this.restoration.reopen(tx, user.id, origin);
      await this.notices.send(tx, user, 'account_restored', origin);
    });
  }
}

/** Whoever proved the identifier meanwhile has it, and the account it was taken from is none of theirs. */
function isStillSentTo(user: Leaver, data: Record<string, unknown>): boolean {
  return identifiersOf(user).some(({ kind, value }: Identifier) => data[kind] === value);
}
