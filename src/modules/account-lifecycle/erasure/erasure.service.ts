import { Injectable } from '@nestjs/common';
import { identifiersOf } from '../../../common/identifiers.js';
import { PeriodicSweep } from '../../../common/periodic-sweep.js';
import type { RequestOrigin } from '../../../common/request-origin.js';
import { Database } from '../../../database/database.js';
import type { Transaction } from '../../../database/transaction.js';
import { AuditService } from '../../audit/audit.service.js';
import { CorrespondenceService } from '../../messaging/correspondence.service.js';
import { TenantsService } from '../../tenants/tenants.service.js';
import { AvatarStore } from '../../users/avatar-store.js';
import {
  DELETE_EMPTY_TENANTS,
  DELETE_PERSON,
  DELETE_RECEIVED_INVITATIONS,
  DELETE_SECRETS,
  FIND_DUE,
  LOCK_DUE,
} from './erasure.queries.js';

const MAX_PER_ROUND = 200;
/** Erasure runs on a schedule, without a request. */
const ERASURE_ORIGIN: RequestOrigin = { address: 'server', userAgent: null, requestId: 'erasure' };

interface DuePerson {
  id: string;
  avatar: string | null;
  email: string | null;
  emailProven: boolean;
  phone: string | null;
  phoneProven: boolean;
}

/**
 * Erases accounts whose time for restoration is over. Only the user id stays, as a pseudonym in the immutable audit
 * trail. Tenants without any other member are deleted as well.
 */
@Injectable()
export class ErasureService extends PeriodicSweep {
  constructor(
    private readonly database: Database,
    private readonly tenants: TenantsService,
    private readonly correspondence: CorrespondenceService,
    private readonly avatars: AvatarStore,
    private readonly audit: AuditService,
  ) {
    super();
  }

  /**
   * Returns the number of erased accounts. Each is erased in its own transaction; one that fails is retried in the next
   * sweep.
   */
  async sweep(): Promise<number> {
    const due = await this.database.autocommit.many<{ id: string }>(FIND_DUE, [MAX_PER_ROUND]);
    let erased = 0;
    for (const { id } of due) {
      if (this.isStopping) break;
      try {
        if (await this.database.acrossTenants((tx) => this.erase(tx, id))) erased += 1;
      } catch (error) {
        this.logger.error(`The account ${id} was not erased: ${String((error as Error).message)}`);
      }
    }
    return erased;
  }

  private async erase(tx: Transaction, userId: string): Promise<boolean> {
    const tenantIds = await this.tenants.lockAllOf(tx, userId);
    const person = await tx.one<DuePerson>(LOCK_DUE, [userId]);
    if (!person) return false;
    const { email, emailProven, phone, phoneProven } = person;
    await this.correspondence.erase(tx, identifiersOf(person));
    await tx.execute(DELETE_SECRETS, [userId, email]);
    await tx.execute(DELETE_RECEIVED_INVITATIONS, [
      userId,
      emailProven ? email : null,
      phoneProven ? phone : null,
    ]);
    await this.eraseEmptyTenants(tx, userId, tenantIds);
    await tx.execute(DELETE_PERSON, [userId]);
    await this.audit.record(tx, ERASURE_ORIGIN, {
      action: 'user.erased',
      tenantId: null,
      actorId: null,
      target: { kind: 'user', id: userId },
    });
    // Delete the file before the commit: after a crash, a lost picture is better than personal data left behind
    if (person.avatar !== null) await this.avatars.remove(person.avatar);
    return true;
  }

  private async eraseEmptyTenants(tx: Transaction, userId: string, tenantIds: string[]): Promise<void> {
    const gone = await tx.many<{ id: string }>(DELETE_EMPTY_TENANTS, [userId, tenantIds]);
    for (const { id } of gone) {
      await this.audit.record(tx, ERASURE_ORIGIN, {
        action: 'tenant.erased',
        tenantId: id,
        actorId: null,
        target: { kind: 'tenant', id },
      });
    }
  }
}
