import { Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { PendingSignInsService } from '../sessions/pending-sign-ins.service.js';
import type { UserEntity } from '../users/entities/user.entity.js';
import { UsersRepository } from '../users/users.repository.js';

/** Takes identifiers from accounts that claim them, once another person has verified them. */
@Injectable()
export class ClaimRemovalService {
  constructor(
    private readonly users: UsersRepository,
    private readonly pending: PendingSignInsService,
    private readonly notices: NoticesService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Removes the identifier from the account that claims it. Its sessions continue; pending sign-ins end, because they
   * may have used the identifier.
   */
  async remove(
    tx: Transaction,
    holder: UserEntity,
    { kind, value }: Identifier,
    origin: RequestOrigin,
  ): Promise<void> {
    await this.users.removeClaim(tx, holder.id, kind);
    await this.pending.endAll(tx, holder.id);
    await this.audit.record(tx, origin, {
      action: 'user.updated',
      tenantId: null,
      actorId: null,
      target: { kind: 'user', id: holder.id },
      detail: { reason: `${kind}_verified_by_another` },
    });
    await this.notices.send(tx, { ...holder, [kind]: null }, 'claim_lost', origin);
    const verifier = { id: holder.id, firstName: '', isVerified: true };
    await this.notices.sendTo(tx, { kind, value }, verifier, 'identifier_released', origin);
  }
}
