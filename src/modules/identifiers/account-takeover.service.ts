import { Injectable } from '@nestjs/common';
import { type Identifier, identifiersOf } from '../../common/identifiers.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { PeopleTransaction, Transaction } from '../../database/transaction.js';
import { ApiKeysService } from '../api-keys/api-keys.service.js';
import { AuditService } from '../audit/audit.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { OtpService } from '../otp/otp.service.js';
import { CredentialsService } from '../passwords/credentials.service.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SecondFactorResetService } from '../two-factor/second-factor-reset.service.js';
import type { User } from '../users/entities/user.entity.js';
import { UsersRepository } from '../users/users.repository.js';
import { ArrangementsService } from './arrangements.service.js';

/**
 * Empties an account without any verified identifier for the user who verified one that it claims: whatever was set up
 * before may be a squatter's. The account keeps its id, its tenants and its roles.
 */
@Injectable()
export class AccountTakeoverService {
  constructor(
    private readonly users: UsersRepository,
    private readonly credentials: CredentialsService,
    private readonly sessions: SessionsService,
    private readonly secondFactor: SecondFactorResetService,
    private readonly apiKeys: ApiKeysService,
    private readonly secrets: SecretsService,
    private readonly otp: OtpService,
    private readonly arrangements: ArrangementsService,
    private readonly notices: NoticesService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Revokes every credential of the account and its outstanding links and codes, removes its other identifiers, and
   * undoes what it arranged for others in its tenants.
   */
  async empty(
    tx: PeopleTransaction,
    user: User,
    identifier: Identifier,
    origin: RequestOrigin,
  ): Promise<void> {
    await this.credentials.remove(tx, user.id);
    const sessions = await this.sessions.endAll(tx, user.id, 'account_taken_over');
    await this.secondFactor.wipe(tx, user.id);
    await this.apiKeys.revokeAll(tx, user.id, origin);
    await this.secrets.revoke(tx, user.id, null);
    await this.otp.revoke(tx, claimsOf(user));
    await this.users.removeOtherClaims(tx, user.id, identifier.kind);
    const undone = await this.arrangements.undo(tx, user.id, origin);
    await this.audit.record(tx, origin, {
      action: 'user.taken_over',
      tenantId: null,
      actorId: user.id,
      target: { kind: 'user', id: user.id },
      detail: { by: identifier.kind, sessions, ...undone },
    });
    await this.notify(tx, user, identifier, origin);
  }

  /** Notifies every identifier involved; the text depends on whether it is the verified one. */
  private async notify(
    tx: Transaction,
    user: User,
    verified: Identifier,
    origin: RequestOrigin,
  ): Promise<void> {
    for (const claim of claimsOf(user)) {
      const isVerified = claim.kind === verified.kind && claim.value === verified.value;
      const event = isVerified ? 'account_taken_over' : 'identifier_dropped';
      await this.notices.sendTo(
        tx,
        claim,
        { id: user.id, firstName: user.firstName, isVerified },
        event,
        origin,
      );
    }
  }
}

/** All identifiers the account claims, including its pending e-mail address, each once. */
function claimsOf(user: User): Identifier[] {
  const { email, pendingEmail } = user;
  const isAnother = pendingEmail !== null && pendingEmail !== email;
  return [...identifiersOf(user), ...(isAnother ? [{ kind: 'email', value: pendingEmail } as const] : [])];
}
