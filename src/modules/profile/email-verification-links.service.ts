import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { CONFIG, type Config } from '../../config/config.js';
import type { Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { MessagesService } from '../messaging/messages.service.js';
import type { Sender } from '../messaging/outgoing-message.js';
import { SecretsService } from '../secrets/secrets.service.js';
import type { UserEntity } from '../users/entities/user.entity.js';
import { UsersRepository } from '../users/users.repository.js';

/** The request origin and tenant, for the audit trail. */
export interface AuditedOrigin {
  origin: RequestOrigin;
  tenantId: string | null;
}

export const auditedOriginOf = ({ origin, session }: Actor): AuditedOrigin => ({
  origin,
  tenantId: session.membership?.tenant.id ?? null,
});

/** Sends the links that verify e-mail addresses. */
@Injectable()
export class EmailVerificationLinksService {
  constructor(
    private readonly users: UsersRepository,
    private readonly secrets: SecretsService,
    private readonly messages: MessagesService,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Sends a link to the address and revokes the older one. Over the sending limits nothing is sent, the older link
   * stays valid, the denial is audited, and the seconds to wait are returned; otherwise null. `suppressed` runs the
   * same statements without sending. `sender` is the account that requests an address other than its own.
   */
  async request(
    tx: Transaction,
    user: Pick<UserEntity, 'id' | 'firstName'>,
    email: string,
    origin: AuditedOrigin,
    { suppressed = false, sender }: { suppressed?: boolean; sender?: Sender } = {},
  ): Promise<number | null> {
    const addressed = { template: 'verify-email', to: email, sender } as const;
    const wait = await this.messages.findWait(tx, addressed);
    if (wait !== null) {
      await this.record(tx, user.id, origin, 'refused');
      return wait;
    }
    const secret = await this.secrets.issue(tx, {
      purpose: 'email-verification',
      subjectId: user.id,
      ttlSeconds: this.config.VERIFY_EMAIL_TTL_SECONDS,
      data: { email },
    });
    const message = { ...addressed, firstName: user.firstName, origin: origin.origin, ...secret };
    await (suppressed ? this.messages.suppress(tx, message) : this.messages.send(tx, message));
    return null;
  }

  /** As `request`, but sends nothing to an address that another account has verified, without disclosing that. */
  async requestUnlessTaken(
    tx: Transaction,
    user: Pick<UserEntity, 'id' | 'firstName'>,
    email: string,
    origin: AuditedOrigin,
    sender?: Sender,
  ): Promise<number | null> {
    const suppressed = await this.users.isVerifiedByAnother(tx, email, user.id);
    return this.request(tx, user, email, origin, { suppressed, sender });
  }

  /** As `requestUnlessTaken`, for a person who asks for another link; also audits that it was sent. */
  async requestAgain(
    tx: Transaction,
    user: Pick<UserEntity, 'id' | 'firstName'>,
    email: string,
    origin: AuditedOrigin,
    sender?: Sender,
  ): Promise<number | null> {
    const wait = await this.requestUnlessTaken(tx, user, email, origin, sender);
    if (wait === null) await this.record(tx, user.id, origin, 'success');
    return wait;
  }

  private record(
    tx: Transaction,
    userId: string,
    { origin, tenantId }: AuditedOrigin,
    outcome: 'success' | 'refused',
  ): Promise<void> {
    const action = 'user.email_verification_requested';
    const target = { kind: 'user', id: userId } as const;
    return this.audit.record(tx, origin, { action, tenantId, actorId: userId, outcome, target });
  }
}
