import { Inject, Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { RequestOrigin } from '../../common/request-origin.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database, type Tx } from '../../database/database.js';
import { AuditService } from '../audit/audit.service.js';
import { MessagesService } from '../messaging/messages.service.js';
import type { PasswordResetMessage } from '../messaging/outgoing-message.js';
import { type OtpSchedule, OtpService, type OtpSubject } from '../otp/otp.service.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { KnownAddressesService } from '../sessions/known-addresses.service.js';
import type { User } from '../users/entities/user.entity.js';
import { hasVerified } from '../users/verified-identifiers.js';
import { UsersService } from '../users/users.service.js';
import { isRecoverableBy } from '../users/verified-identifiers.js';
import { ResetTokenInvalid } from './auth.errors.js';

/** The challenge a code to this number answers, and no other. */
export function recoverySubject(phone: string): OtpSubject {
  return { purpose: 'password-reset', identifier: { kind: 'phone', value: phone } };
}

/**
 * Asking for a way back in, by a link to an e-mail address or a code to a phone. It signs nobody in and skips no second
 * factor.
 */
@Injectable()
export class RecoveryService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly secrets: SecretsService,
    private readonly otp: OtpService,
    private readonly messages: MessagesService,
    private readonly addresses: KnownAddressesService,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Sends a link where an account has the address (canonical), in the named tenant if one is named; the older link
   * is void. Also where the account merely claims it: then the link takes the address off that account, or the account
   * over (`IdentifierVerificationService`). Over the sending limits nothing happens and the older link stays. An unknown
   * address runs the same statements: neither answer nor time tells.
   */
  async request(email: string, tenantSlug: string | undefined, origin: RequestOrigin): Promise<void> {
    const identifier = { kind: 'email', value: email } as const;
    const user = await this.users.findHolderToRecover(identifier, tenantSlug ?? null);
    const fromKnownAddress = await this.isFromKnownAddress(user, 'email', origin);
    const addressed = { template: 'password-reset', to: email, fromKnownAddress } as const;
    await this.database.acrossTenants((tx) => this.sendLink(tx, addressed, user, origin));
  }

  /**
   * Sends a code where the number (canonical) has an account, in the named tenant if one is named. As with `request`,
   * neither answer nor time tells whether it has, and over the sending limits the older code stays.
   */
  async requestByCode(phone: string, origin: RequestOrigin, tenantSlug?: string): Promise<OtpSchedule> {
    const subject = recoverySubject(phone);
    const user = await this.users.findHolderToRecover(subject.identifier, tenantSlug ?? null);
    const fromKnownAddress = await this.isFromKnownAddress(user, 'phone', origin);
    await this.database.acrossTenants(async (tx) => {
      const options = { suppressed: user === null, fromKnownAddress };
      const outcome = await this.otp.issue(tx, subject, origin, options);
      await this.recordRequest(tx, user?.id ?? newId(), origin, outcome !== 'limited');
    });
    return this.otp.schedule(subject);
  }

  /** The account that holds the address of the link. Throws ResetTokenInvalid; spends nothing. */
  async open(token: string): Promise<User & { email: string }> {
    const secret = await this.secrets.find('password-reset', token);
    const email = String(secret?.data.email);
    const user =
      secret?.state === 'open'
        ? await this.users.findHolderToRecover({ kind: 'email', value: email }, null)
        : null;
    if (!user || user.id !== secret?.subjectId) throw new ResetTokenInvalid();
    return { ...user, email };
  }

  private async sendLink(
    tx: Tx,
    addressed: Pick<PasswordResetMessage, 'template' | 'to' | 'fromKnownAddress'>,
    user: User | null,
    origin: RequestOrigin,
  ): Promise<void> {
    const { template: purpose, to: email } = addressed;
    const subjectId = user?.id ?? newId();
    const mayReceive = await this.messages.mayReceive(tx, addressed);
    await this.recordRequest(tx, subjectId, origin, mayReceive);
    if (!mayReceive) return;

    const ttlSeconds = this.config.RESET_LINK_TTL_SECONDS;
    const secret = await this.secrets.issue(tx, { purpose, subjectId, ttlSeconds, data: { email } });
    const message = {
      ...addressed,
      firstName: user && isRecoverableBy(user, 'email') ? user.firstName : '',
      ...secret,
    };
    await (user ? this.messages.send(tx, message) : this.messages.suppress(tx, message));
  }

  /** Only of an account that has proven the identifier: where its claimant signs in from says nothing of its owner. */
  private isFromKnownAddress(
    user: User | null,
    kind: 'email' | 'phone',
    origin: RequestOrigin,
  ): Promise<boolean> {
    return this.addresses.isKnown(user && hasVerified(user, kind) ? user.id : null, origin.address);
  }

  private recordRequest(
    tx: Tx,
    userId: string,
    origin: RequestOrigin,
    isWithinLimits: boolean,
  ): Promise<void> {
    return this.audit.record(tx, origin, {
      action: 'password.recovery_requested',
      tenantId: null,
      actorId: null,
      outcome: isWithinLimits ? 'success' : 'refused',
      target: { kind: 'user', id: userId },
    });
  }
}
