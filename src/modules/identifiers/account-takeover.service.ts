import { Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { PeopleTransaction, Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import {
  claimsOf,
  CredentialRevocationService,
} from '../credential-revocation/credential-revocation.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import type { UserEntity } from '../users/entities/user.entity.js';
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
    private readonly revocation: CredentialRevocationService,
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
    user: UserEntity,
    identifier: Identifier,
    origin: RequestOrigin,
  ): Promise<void> {
    const { sessions } = await this.revocation.revoke(tx, user, 'account_taken_over', { origin });
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
    user: UserEntity,
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
