import { Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { AttemptsService } from '../attempts/attempts.service.js';
import { AuditService } from '../audit/audit.service.js';
import { IdentifierVerificationService } from '../identifiers/identifier-verification.service.js';
import { CredentialsService } from '../passwords/credentials.service.js';
import { passwordSubjectsOf } from '../passwords/password-guesses.js';
import { RecoveryConsequencesService } from './recovery-consequences.service.js';

/** Sets the password of an account that was recovered. */
@Injectable()
export class RecoveredPasswordService {
  constructor(
    private readonly database: Database,
    private readonly verification: IdentifierVerificationService,
    private readonly consequences: RecoveryConsequencesService,
    private readonly credentials: CredentialsService,
    private readonly attempts: AttemptsService,
    private readonly audit: AuditService,
  ) {}

  /**
   * In one transaction: spends the link or code, verifies the identifier, and sets the password on the account that then
   * holds it. If the verification removed it from the claiming account, no account holds it and none gets the password.
   * Throws what `spend` throws.
   */
  async set(
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
      if (holder.how === 'owner') await this.consequences.apply(tx, holder.user, identifier, origin);
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
}
