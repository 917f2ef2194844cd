import { Injectable } from '@nestjs/common';
import type { Client } from '../../common/client.js';
import { type Identifier, identifiersOf } from '../../common/identifiers.js';
import { Database, type Tx } from '../../database/database.js';
import { ApiKeysService } from '../api-keys/api-keys.service.js';
import { AttemptsService } from '../attempts/attempts.service.js';
import { AuditService } from '../audit/audit.service.js';
import { OtpInvalid } from '../otp/otp.errors.js';
import { OtpService, type VerifiedOtp } from '../otp/otp.service.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SecondFactorResetService } from '../two-factor/second-factor-reset.service.js';
import { IdentifierProofService } from '../users/identifier-proof.service.js';
import type { User } from '../users/entities/user.entity.js';
import { hasProven, isRecoverableBy } from '../users/proven-identifiers.js';
import { UsersService } from '../users/users.service.js';
import { FIND_WORKPLACES } from './accounts.queries.js';
import { ResetTokenInvalid } from './auth.errors.js';
import { CredentialsService } from '../passwords/credentials.service.js';
import { passwordSubjectsOf } from '../passwords/password-guesses.js';
import { RecoveryConsequencesService } from './recovery-consequences.service.js';
import { RecoveryService, recoverySubject } from './recovery.service.js';

/**
 * Spends a recovery link or code on a new password. Either ends every session, signs nobody in, and proves its
 * identifier: an account that had proven nothing goes to whoever has the link or code, with nothing left of what was
 * set up before. Any other keeps its second factor, which the next sign-in asks for.
 */
@Injectable()
export class PasswordResetService {
  constructor(
    private readonly database: Database,
    private readonly recovery: RecoveryService,
    private readonly users: UsersService,
    private readonly proof: IdentifierProofService,
    private readonly credentials: CredentialsService,
    private readonly sessions: SessionsService,
    private readonly secondFactor: SecondFactorResetService,
    private readonly apiKeys: ApiKeysService,
    private readonly secrets: SecretsService,
    private readonly otp: OtpService,
    private readonly attempts: AttemptsService,
    private readonly consequences: RecoveryConsequencesService,
    private readonly audit: AuditService,
  ) {}

  /**
   * By a link. Throws ResetTokenInvalid, in which case nothing changed, or a password refusal, in which case the link
   * is unspent.
   */
  async reset(token: string, newPassword: string, client: Client): Promise<void> {
    const person = await this.recovery.open(token);
    const { id, email } = person;
    const hash = await this.prepare(person, newPassword);
    await this.database.acrossTenants(async (tx) => {
      const user = await this.users.lock(tx, id);
      const spent = await this.secrets.spend(tx, 'password-reset', token);
      if (user?.email !== email || !isRecoverableBy(user, 'email') || !spent) throw new ResetTokenInvalid();
      await this.recover(tx, user, { kind: 'email', value: email }, hash, client);
    });
    await this.attempts.forget(passwordSubjectsOf(person));
  }

  /**
   * By a code to the phone (canonical). Throws OtpInvalid or TooManyAttempts, or a password refusal, in which case the
   * code is unspent.
   */
  async resetByCode(phone: string, code: string, newPassword: string, client: Client): Promise<void> {
    const subject = recoverySubject(phone);
    const verified = await this.otp.verify(subject, code, client);
    const found = await this.users.findRecoverable(subject.identifier, null);
    if (!found) throw new OtpInvalid();
    const hash = await this.prepareOrRestore(found, newPassword, verified);
    await this.database.acrossTenants(async (tx) => {
      const user = await this.users.lock(tx, found.id);
      await this.otp.consume(tx, subject, verified, client);
      if (user?.phone !== phone || !isRecoverableBy(user, 'phone')) throw new OtpInvalid();
      await this.recover(tx, user, subject.identifier, hash, client);
    });
    await this.attempts.forget(passwordSubjectsOf(found));
  }

  private async recover(
    tx: Tx,
    user: User,
    identifier: Identifier,
    hash: string,
    client: Client,
  ): Promise<void> {
    await this.credentials.set(tx, user.id, hash);
    await this.sessions.endAll(tx, user.id, 'password_recovered');
    await this.secrets.revoke(tx, user.id, ['password-reset']);
    await this.otp.revoke(tx, identifiersOf(user));
    const owned = await this.settleOwnership(tx, user, identifier, client);
    await this.audit.record(tx, client, {
      action: 'password.recovered',
      tenantId: null,
      actorId: user.id,
      target: { kind: 'user', id: user.id },
    });
    await this.consequences.apply(tx, user, identifier, owned, client);
  }

  private async settleOwnership(tx: Tx, user: User, identifier: Identifier, client: Client): Promise<User> {
    if (hasProven(user, identifier.kind)) {
      await this.secondFactor.recovered(tx, user.id);
      return user;
    }
    // Of an account that had proven nothing they may be its squatter's, like everything else
    await this.secondFactor.wipe(tx, user.id);
    await this.apiKeys.revokeAll(tx, user.id, client);
    return this.proof.takeOver(tx, user, identifier, client);
  }

  private async prepareOrRestore(user: User, newPassword: string, verified: VerifiedOtp): Promise<string> {
    try {
      return await this.prepare(user, newPassword);
    } catch (error) {
      await this.otp.restore(verified);
      throw error;
    }
  }

  private async prepare(
    {
      id,
      email,
      phone,
      firstName,
      lastName,
    }: Pick<User, 'id' | 'email' | 'phone' | 'firstName' | 'lastName'>,
    newPassword: string,
  ): Promise<string> {
    const workplaces = await this.database.runAcrossTenants<{ name: string; slug: string }>(FIND_WORKPLACES, [
      id,
    ]);
    const company = workplaces.flatMap(({ name, slug }) => [name, slug]);
    const owner = { email, phone, names: [firstName, lastName], company };
    return this.credentials.prepare(newPassword, owner, 'newPassword');
  }
}
