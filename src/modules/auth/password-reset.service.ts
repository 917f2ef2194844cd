import { Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { OtpInvalid } from '../otp/otp.errors.js';
import { OtpService, type VerifiedOtp } from '../otp/otp.service.js';
import { CredentialsService } from '../passwords/credentials.service.js';
import { SecretsService } from '../secrets/secrets.service.js';
import type { UserEntity } from '../users/entities/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { isRecoverableBy } from '../users/verified-identifiers.js';
import { AccountsRepository } from './accounts.repository.js';
import { ResetTokenInvalid } from './auth.errors.js';
import { RecoveredPasswordService } from './recovered-password.service.js';
import { recoverySubject } from './recovery.service.js';
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
    private readonly links: RecoveryLinksService,
    private readonly accounts: AccountsRepository,
    private readonly users: UsersService,
    private readonly credentials: CredentialsService,
    private readonly secrets: SecretsService,
    private readonly otp: OtpService,
    private readonly recovered: RecoveredPasswordService,
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
    await this.recovered.set(identifier, hash, origin, async (tx) => {
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
    await this.recovered.set(identifier, hash, origin, async (tx) => {
      await this.otp.consume(tx, subject, verified, origin);
      const holder = await this.users.lockHolder(tx, identifier);
      if (holder?.id !== found.id) throw new OtpInvalid();
    });
  }

  private async prepareOrRestore(
    user: UserEntity,
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
  private async prepare(user: UserEntity, { kind, value }: Identifier, newPassword: string): Promise<string> {
    const { email, phone, firstName, lastName } = user;
    const company = await this.accounts.listTenantNames(user.id);
    const owner = isRecoverableBy(user, kind)
      ? { email, phone, names: [firstName, lastName], company }
      : { [kind]: value };
    return this.credentials.prepare(newPassword, owner, 'newPassword');
  }
}
