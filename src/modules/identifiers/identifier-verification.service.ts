import { Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { PeopleTransaction, Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { OtpService } from '../otp/otp.service.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { AccessTokenInvalid } from '../sessions/sessions.errors.js';
import type { UserEntity } from '../users/entities/user.entity.js';
import { EmailTaken, PhoneTaken } from '../users/users.errors.js';
import { UsersRepository } from '../users/users.repository.js';
import { hasVerified, hasVerifiedAny } from '../users/verified-identifiers.js';
import { AccountTakeoverService } from './account-takeover.service.js';
import { ClaimRemovalService } from './claim-removal.service.js';
import { ClaimsRepository } from './claims.repository.js';

const TAKEN = { email: EmailTaken, phone: PhoneTaken };

/** The account that holds the identifier after its verification. */
export interface VerifiedHolder {
  user: UserEntity;
  /**
   * `owner`: verified earlier, or now in the account's own session. `taken-over`: the account had verified no
   * identifier and has been emptied; it has no password.
   */
  how: 'owner' | 'taken-over';
}

/** Whose session the verification was made in. */
export interface PresentedSession {
  ownId?: string | null;
  /** Whose session it would be, if its access token were valid. */
  formerId?: string | null;
}

/**
 * The rule for every verification of an identifier (reset link, recovery code, invitation, one-time code, verification
 * link): a verified identifier wins over a claimed one.
 *
 * - Verified in a session of the account, or together with its password, the identifier is its owner's: `verifyOwn`.
 * - Verified otherwise, an account without any verified identifier is taken over: it is emptied of all that was set up
 *   before and given to the user who verified the identifier.
 * - If the claiming account has another verified identifier, or is being deleted, it only loses the claimed one, and
 *   the user who verified that starts with a new account.
 *
 * The rule closes no account and transfers no role. Every identifier involved is notified.
 */
@Injectable()
export class IdentifierVerificationService {
  constructor(
    private readonly users: UsersRepository,
    private readonly claims: ClaimsRepository,
    private readonly takeover: AccountTakeoverService,
    private readonly removal: ClaimRemovalService,
    private readonly secrets: SecretsService,
    private readonly otp: OtpService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Call this first in a transaction that verifies the identifier. Locks tenants and then users, each in the order of
   * ids, which serialises concurrent verifications. Also locks the given tenant and user.
   */
  async lockClaim(
    tx: PeopleTransaction,
    identifier: Identifier,
    { tenantId = null, userId = null }: { tenantId?: string | null; userId?: string | null } = {},
  ): Promise<void> {
    await this.claims.lockTenants(tx, identifier, tenantId);
    await this.claims.lockPeople(tx, identifier, userId);
  }

  /**
   * Applies the rule after a verification and returns the account that holds the identifier now. Null if no account
   * holds it: it can be used for a new account, unless an account that is being deleted has verified it. Throws
   * AccessTokenInvalid if the account would lose something because its own access token has ended.
   */
  async verify(
    tx: PeopleTransaction,
    identifier: Identifier,
    origin: RequestOrigin,
    { ownId, formerId }: PresentedSession = {},
  ): Promise<VerifiedHolder | null> {
    const holder = await this.users.lockHolder(tx, identifier);
    if (!holder) return null;
    const isActive = holder.status === 'active';
    if (hasVerified(holder, identifier.kind)) return isActive ? { user: holder, how: 'owner' } : null;
    if (isActive && holder.id === ownId) {
      return { user: await this.verifyOwn(tx, holder, identifier, origin), how: 'owner' };
    }
    if (isActive && holder.id === formerId) throw new AccessTokenInvalid();
    if (isActive && !hasVerifiedAny(holder)) {
      await this.takeover.empty(tx, holder, identifier, origin);
      const other = identifier.kind === 'email' ? { phone: null } : { email: null };
      const emptied = { ...holder, ...other, pendingEmail: null };
      return { user: await this.settle(tx, emptied, identifier, origin), how: 'taken-over' };
    }
    await this.removal.remove(tx, holder, identifier, origin);
    return null;
  }

  /**
   * The account's owner has verified the identifier, so it is theirs, whichever account claims it. Throws EmailTaken or
   * PhoneTaken if another account has verified it.
   */
  async verifyOwn(
    tx: Transaction,
    user: UserEntity,
    identifier: Identifier,
    origin: RequestOrigin,
    tenantId: string | null = null,
  ): Promise<UserEntity> {
    const holder = await this.users.lockHolder(tx, identifier);
    if (holder && holder.id !== user.id) {
      if (hasVerified(holder, identifier.kind)) throw new TAKEN[identifier.kind]();
      await this.removal.remove(tx, holder, identifier, origin);
    }
    return this.settle(tx, user, identifier, origin, tenantId);
  }

  /** Assigns the verified identifier to the account and revokes outstanding links and codes for it. */
  private async settle(
    tx: Transaction,
    user: UserEntity,
    identifier: Identifier,
    origin: RequestOrigin,
    tenantId: string | null = null,
  ): Promise<UserEntity> {
    const { kind, value } = identifier;
    const verifiedAt = await this.users.setVerified(tx, user.id, identifier);
    const verified: Partial<UserEntity> =
      kind === 'email'
        ? { email: value, emailVerifiedAt: verifiedAt, pendingEmail: null }
        : { phone: value, phoneVerifiedAt: verifiedAt };
    await this.secrets.revoke(tx, user.id, ['password-reset']);
    if (kind === 'email') await this.secrets.revoke(tx, user.id, ['email-verification']);
    await this.otp.revoke(tx, [identifier]);
    await this.audit.record(tx, origin, {
      action: kind === 'email' ? 'user.email_verified' : 'user.phone_verified',
      tenantId,
      actorId: user.id,
      target: { kind: 'user', id: user.id },
    });
    return { ...user, ...verified };
  }
}
