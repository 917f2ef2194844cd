import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { Identifier } from '../../common/identifiers.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { OtpService } from '../otp/otp.service.js';
import type { OtpSchedule, OtpSubject } from '../otp/otp-codes.js';
import { KnownAddressesService } from '../sessions/known-addresses.service.js';
import type { UserEntity } from '../users/entities/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { hasVerified } from '../users/verified-identifiers.js';
import { type LinkRecipient, RecoveryLinksService } from './recovery-links.service.js';

/** The OTP challenge for recovery by this phone number. */
export function recoverySubject(phone: string): OtpSubject {
  return { purpose: 'password-reset', identifier: { kind: 'phone', value: phone } };
}

/**
 * Requests for account recovery, by a link to an e-mail address or a code to a phone. Recovery opens no session and
 * does not bypass the second factor.
 */
@Injectable()
export class RecoveryService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly otp: OtpService,
    private readonly links: RecoveryLinksService,
    private readonly addresses: KnownAddressesService,
    private readonly audit: AuditService,
  ) {}

  /** Sends a link to an e-mail address, or a code to a phone: `requestLink` and `requestByCode` say when. */
  async request(identifier: Identifier, origin: RequestOrigin, tenantSlug?: string): Promise<void> {
    const { kind, value } = identifier;
    if (kind === 'email') await this.requestLink(value, origin, tenantSlug);
    else await this.requestByCode(value, origin, tenantSlug);
  }

  /**
   * Sends a link if an account holds the address (canonical), in the named tenant if one is named, and revokes the
   * older link. This includes an account that only claims the address: using the link then removes the address from
   * that account or takes the account over (`IdentifierVerificationService`). Over the sending limits nothing is sent
   * and the older link stays valid. An unknown address runs the same statements, so neither the response nor its timing
   * discloses whether an account exists.
   */
  private async requestLink(email: string, origin: RequestOrigin, tenantSlug?: string): Promise<void> {
    const identifier = { kind: 'email', value: email } as const;
    const user = await this.users.findHolderToRecover(identifier, tenantSlug ?? null);
    const fromKnownAddress = await this.isFromKnownAddress(user, 'email', origin);
    const addressed = { template: 'password-reset', to: email, fromKnownAddress, origin } as const;
    await this.database.acrossTenants((tx) => this.sendLink(tx, addressed, user, origin));
  }

  /**
   * Sends a code if an account holds the number (canonical), in the named tenant if one is named. As with `requestLink`,
   * neither the response nor its timing discloses whether an account exists, and over the sending limits the older code
   * stays valid.
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

  private async sendLink(
    tx: Transaction,
    recipient: LinkRecipient,
    user: UserEntity | null,
    origin: RequestOrigin,
  ): Promise<void> {
    const subjectId = user?.id ?? newId();
    const mayReceive = await this.links.mayReceive(tx, recipient);
    await this.recordRequest(tx, subjectId, origin, mayReceive);
    if (mayReceive) await this.links.send(tx, recipient, user, subjectId);
  }

  /**
   * Counts only sign-ins of an account that has verified the identifier: the request origins of a mere claimant say
   * nothing about the owner of the address or number.
   */
  private isFromKnownAddress(
    user: UserEntity | null,
    kind: 'email' | 'phone',
    origin: RequestOrigin,
  ): Promise<boolean> {
    return this.addresses.isKnown(user && hasVerified(user, kind) ? user.id : null, origin.address);
  }

  private recordRequest(
    tx: Transaction,
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
