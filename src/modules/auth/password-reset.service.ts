import { Injectable } from '@nestjs/common';
import { type Identifier, identifiersOf } from '../../common/identifiers.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { AttemptsService } from '../attempts/attempts.service.js';
import { AuditService } from '../audit/audit.service.js';
import { IdentifierVerificationService } from '../identifiers/identifier-verification.service.js';
import { OtpInvalid } from '../otp/otp.errors.js';
import { OtpService, type VerifiedOtp } from '../otp/otp.service.js';
import { CredentialsService } from '../passwords/credentials.service.js';
import { passwordSubjectsOf } from '../passwords/password-guesses.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SecondFactorResetService } from '../two-factor/second-factor-reset.service.js';
import type { User } from '../users/entities/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { isRecoverableBy } from '../users/verified-identifiers.js';
import { AccountsRepository } from './accounts.repository.js';
import { ResetTokenInvalid } from './auth.errors.js';
import { recoverySubject } from './recovery.service.js';
import { RecoveryConsequencesService } from './recovery-consequences.service.js';
import { RecoveryLinksService } from './recovery-links.service.js';

/** The token of a link, or a phone (canonical) and the code sent there. If a phone is given, the token is ignored. */
export interface RecoverySecret {
  token?: string;
  phone?: string;
  code?: string;
}

/**
 * Sets a new password with a recovery link or code. Verifies the identifier that received it, ends every session and
 * opens none. If the account had verified the identifier before, it keeps its second factor, which the next sign-in
 * requires. If the account only claims the identifier, the rule of `IdentifierVerificationService` applies.
 */
@Injectable()
export class PasswordResetService {
  constructor(
    private readonly database: Database,
    private readonly links: RecoveryLinksService,
    private readonly accounts: AccountsRepository,
    private readonly users: UsersService,
    private readonly verification: IdentifierVerificationService,
    private readonly credentials: CredentialsService,
    private readonly sessions: SessionsService,
    private readonly secondFactor: SecondFactorResetService,
    private readonly secrets: SecretsService,
    private readonly otp: OtpService,
    private readonly attempts: AttemptsService,
    private readonly consequences: RecoveryConsequencesService,
    private readonly audit: AuditService,
  ) {}

  /** Resets by link or by code. Throws what `resetByLink` and `resetByCode` throw. */
  async reset(secret: RecoverySecret, newPassword: string, origin: RequestOrigin): Promise<void> {
    const { token = '', phone, code = '' } = secret;
    if (phone === undefined) await this.resetByLink(token, newPassword, origin);
    else await this.resetByCode(phone, code, newPassword, origin);
  }

  /**
   * Resets by link. Throws ResetTokenInvalid, or a password policy error. On either nothing changed, and a policy error
   * leaves the link unspent.
   */
  private async resetByLink(token: string, newPassword: string, origin: RequestOrigin): Promise<void> {
    const person = await this.links.open(token);
    const identifier = { kind: 'email', value: person.email } as const;
    const hash = await this.prepare(person, identifier, newPassword);
    await this.recover(identifier, hash, origin, async (tx) => {
      const spent = await this.secrets.spend(tx, 'password-reset', token);
      const holder = await this.users.lockHolder(tx, identifier);
      if (!spent || holder?.id !== spent.subjectId) throw new ResetTokenInvalid();
    });
  }

  /**
   * Resets by a code sent to the phone (canonical). Throws OtpInvalid, TooManyAttempts, or a password policy error,
   * which leaves the code unspent.
   */
  private async resetByCode(
    phone: string,
    code: string,
    newPassword: string,
    origin: RequestOrigin,
  ): Promise<void> {
    const subject = recoverySubject(phone);
    const { identifier } = subject;
    const verified = await this.otp.verify(subject, code, origin);
    const found = await this.users.findHolderToRecover(identifier, null);
    if (!found) throw new OtpInvalid();
    const hash = await this.prepareOrRestore(found, identifier, newPassword, verified);
    await this.recover(identifier, hash, origin, async (tx) => {
      await this.otp.consume(tx, subject, verified, origin);
      const holder = await this.users.lockHolder(tx, identifier);
      if (holder?.id !== found.id) throw new OtpInvalid();
    });
  }

  /**
   * Sets the password on the account that holds the identifier after its verification. If the verification removed it
   * from the claiming account, no account holds it and none gets the password.
   */
  private async recover(
    identifier: Identifier,
    hash: string,
    origin: RequestOrigin,
    spend: (tx: Transaction) => Promise<void>,
  ): Promise<void> {
    const owner = await this.database.acrossTenants(async (tx) => {
      await this.verification.lockClaim(tx, identifier);
      await spend(tx);
      const holder = await this.verification.verify(tx, identifier, origin);
      if (!holder) return null;
      if (holder.how === 'owner') await this.revokeCredentials(tx, holder.user, identifier, origin);
      await this.credentials.set(tx, holder.user.id, hash);
      await this.audit.record(tx, origin, {
        action: 'password.recovered',
        tenantId: null,
        actorId: holder.user.id,
        target: { kind: 'user', id: holder.user.id },
      });
      return holder.user;
    });
    if (owner) await this.attempts.forget(passwordSubjectsOf(owner));
  }

  private async revokeCredentials(
    tx: Transaction,
    user: User,
    identifier: Identifier,
    origin: RequestOrigin,
  ): Promise<void> {
    await this.sessions.endAll(tx, user.id, 'password_recovered');
    await this.secrets.revoke(tx, user.id, ['password-reset']);
    await this.otp.revoke(tx, identifiersOf(user));
    await this.secondFactor.recovered(tx, user.id);
    await this.consequences.apply(tx, user, identifier, origin);
  }

  private async prepareOrRestore(
    user: User,
    identifier: Identifier,
    newPassword: string,
    verified: VerifiedOtp,
  ): Promise<string> {
    try {
      return await this.prepare(user, identifier, newPassword);
    } catch (error) {
      await this.otp.restore(verified);
      throw error;
    }
  }

  /**
   * If the identifier cannot recover the account, the policy check uses the identifier alone: an error must not
   * disclose names of the user or their tenants.
   */
  private async prepare(user: User, { kind, value }: Identifier, newPassword: string): Promise<string> {
    const { email, phone, firstName, lastName } = user;
    const company = await this.accounts.listTenantNames(user.id);
    const owner = isRecoverableBy(user, kind)
      ? { email, phone, names: [firstName, lastName], company }
      : { [kind]: value };
    return this.credentials.prepare(newPassword, owner, 'newPassword');
  }
}
