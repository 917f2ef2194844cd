import { Injectable } from '@nestjs/common';
import { v4 as randomId } from 'uuid';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import type { PeopleTransaction, Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { MembershipsRepository } from '../tenants/memberships.repository.js';
import { SecondFactorResetService } from '../two-factor/second-factor-reset.service.js';
import { ResetReasonMissing, TwoFactorNotEnabled, UserNotFound } from '../two-factor/two-factor.errors.js';
import type { UserEntity } from '../users/entities/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { CredentialRevocationService } from './credential-revocation.service.js';

/** A reset by an operator who has identified the user by other means. */
export interface OperatorReset {
  userId: string;
  /** Free text for the audit trail. */
  reason: string;
  /** Identifies the operator or the support case. */
  reference: string;
}

const MAX_LENGTH = 500;

/** Removes a lost second factor. For operators only: no endpoint calls this. */
@Injectable()
export class OperatorResetService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly memberships: MembershipsRepository,
    private readonly secondFactor: SecondFactorResetService,
    private readonly revocation: CredentialRevocationService,
    private readonly notices: NoticesService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Removes the TOTP factor, recovery codes and trusted devices, and ends all sessions and pending sign-ins. From then
   * on the password alone signs in. Notifies the user at every verified identifier. Of any number of parallel calls,
   * one succeeds; the others throw TwoFactorNotEnabled. Throws ResetReasonMissing or UserNotFound. If it throws,
   * nothing changed.
   */
  async reset({ userId, reason, reference }: OperatorReset): Promise<void> {
    const detail = { reason: requireText('reason', reason), reference: requireText('reference', reference) };
    const origin: RequestOrigin = { address: 'server', userAgent: null, requestId: randomId() };
    await this.database.acrossTenants(async (tx) => {
      const user = await this.users.lock(tx, userId);
      if (!user) throw new UserNotFound();
      if (!(await this.secondFactor.isEnabled(tx, userId))) throw new TwoFactorNotEnabled();
      const { sessions } = await this.revocation.revoke(tx, user, 'two_factor_reset', { origin });
      await this.record(tx, userId, { ...detail, sessions }, origin);
      await this.notify(tx, user, origin);
    });
  }

  /**
   * Records the full detail without a tenant, for operators, and only the reference in the audit trail of each of the
   * user's tenants.
   */
  private async record(
    tx: PeopleTransaction,
    userId: string,
    detail: OperatorDetail,
    origin: RequestOrigin,
  ): Promise<void> {
    const tenantIds = await this.memberships.listTenantsOf(tx, userId);
    const rows: [tenantId: string | null, detail: Partial<OperatorDetail>][] = [
      [null, detail],
      ...tenantIds.map((tenantId): [string, Partial<OperatorDetail>] => [
        tenantId,
        { reference: detail.reference },
      ]),
    ];
    for (const [tenantId, rowDetail] of rows) {
      await this.audit.record(tx, origin, {
        action: 'two_factor.reset',
        tenantId,
        actorKind: 'operator',
        actorId: null,
        target: { kind: 'user', id: userId },
        detail: rowDetail,
      });
    }
  }

  /** Notifies each verified identifier; if there is none, the claimed ones. */
  private async notify(tx: Transaction, user: UserEntity, origin: RequestOrigin): Promise<void> {
    const byEmail = { ...user, phone: null, phoneVerifiedAt: null };
    const byPhone = { ...user, email: null, emailVerifiedAt: null };
    const verified = [user.emailVerifiedAt && byEmail, user.phoneVerifiedAt && byPhone].filter(
      (person) => person !== null,
    );
    for (const person of verified.length > 0 ? verified : [user])
      await this.notices.send(tx, person, 'two_factor_reset', origin);
  }
}

interface OperatorDetail {
  reason: string;
  reference: string;
  sessions: number;
}

function requireText(name: 'reason' | 'reference', text: string): string {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > MAX_LENGTH) throw new ResetReasonMissing(name, MAX_LENGTH);
  return trimmed;
}
