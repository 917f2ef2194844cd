import { Injectable } from '@nestjs/common';
import { identifiersOf } from '../../../common/identifiers.js';
import { PeriodicSweep } from '../../../common/periodic-sweep.js';
import type { RequestOrigin } from '../../../common/request-origin.js';
import { Database } from '../../../database/database.js';
import type { PeopleTransaction } from '../../../database/transaction.js';
import { AuditService } from '../../audit/audit.service.js';
import { CorrespondenceService } from '../../messaging/correspondence.service.js';
import { TenantsService } from '../../tenants/tenants.service.js';
import { type DueUser, LeavingUsersRepository } from '../../users/leaving-users.repository.js';
import { type ErasedPerson, ErasureRepository } from './erasure.repository.js';

const MAX_PER_ROUND = 200;
/** Erasure runs on a schedule, without a request. */
const ERASURE_ORIGIN: RequestOrigin = { address: 'server', userAgent: null, requestId: 'erasure' };

/**
 * Erases accounts whose time for restoration is over. Only the user id stays, as a pseudonym in the immutable audit
 * trail. Tenants without any other member are deleted as well.
 */
@Injectable()
export class ErasureService extends PeriodicSweep {
  constructor(
    private readonly database: Database,
    private readonly leavingUsers: LeavingUsersRepository,
    private readonly erasure: ErasureRepository,
    private readonly tenants: TenantsService,
    private readonly correspondence: CorrespondenceService,
    private readonly audit: AuditService,
  ) {
    super();
  }

  /**
   * Returns the number of erased accounts. Each is erased in its own transaction; one that fails is retried in the next
   * sweep.
   */
  async sweep(): Promise<number> {
    let erased = 0;
    for (const id of await this.leavingUsers.listDue(MAX_PER_ROUND)) {
      if (this.isStopping) break;
      try {
        if (await this.database.acrossTenants((tx) => this.erase(tx, id))) erased += 1;
      } catch (error) {
        this.logger.error(`The account ${id} was not erased: ${String((error as Error).message)}`);
      }
    }
    return erased;
  }

  private async erase(tx: PeopleTransaction, userId: string): Promise<boolean> {
    const tenantIds = await this.tenants.lockAllOf(tx, userId);
    const user = await this.leavingUsers.lockDue(tx, userId);
    if (!user) return false;
    const person = erasedPerson(user);
    await this.correspondence.erase(tx, identifiersOf(user));
    await this.erasure.deleteSecrets(tx, person);
    await this.erasure.deleteReceivedInvitations(tx, person);
    await this.eraseEmptyTenants(tx, userId, tenantIds);
    await this.leavingUsers.delete(tx, userId);
    await this.audit.record(tx, ERASURE_ORIGIN, {
      action: 'user.erased',
      tenantId: null,
      actorId: null,
      target: { kind: 'user', id: userId },
    });
    return true;
  }

  private async eraseEmptyTenants(tx: PeopleTransaction, userId: string, tenantIds: string[]): Promise<void> {
    for (const id of await this.erasure.deleteEmptyTenants(tx, userId, tenantIds)) {
      await this.audit.record(tx, ERASURE_ORIGIN, {
        action: 'tenant.erased',
        tenantId: id,
        actorId: null,
        target: { kind: 'tenant', id },
      });
    }
  }
}

function erasedPerson({ id, email, emailProven, phone, phoneProven }: DueUser): ErasedPerson {
  return { id, email, verifiedEmail: emailProven ? email : null, verifiedPhone: phoneProven ? phone : null };
}
