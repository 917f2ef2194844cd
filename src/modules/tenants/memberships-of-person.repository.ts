import { Injectable } from '@nestjs/common';
import type { PeopleTransaction } from '../../database/transaction.js';

/** The memberships of one person, in every tenant. */
@Injectable()
export class MembershipsOfPersonRepository {
  /** Whether the person is a member of another tenant than these. */
  async hasOthers(tx: PeopleTransaction, userId: string, tenantIds: string[]): Promise<boolean> {
    return (await tx.execute(FIND_OTHER, [userId, tenantIds])) === 1;
  }

  /** Hides them while the deletion of the account is pending. */
  async hide(tx: PeopleTransaction, userId: string): Promise<void> {
    await tx.execute(HIDE, [userId]);
  }

  /** Undoes `hide`, with the former status of each. Returns the ids of their tenants. */
  async restore(tx: PeopleTransaction, userId: string): Promise<string[]> {
    const restored = await tx.many<{ tenantId: string }>(RESTORE, [userId]);
    return restored.map(({ tenantId }) => tenantId);
  }
}

/** $1 user, $2 tenants. */
const FIND_OTHER = 'SELECT FROM memberships WHERE user_id = $1 AND tenant_id <> ALL ($2::uuid[]) LIMIT 1';

/** $1 user. */
const HIDE = `
  UPDATE memberships SET status_before_leaving = status, status = 'leaving' WHERE user_id = $1 AND status <> 'leaving'`;

/** $1 user. */
const RESTORE = `
  UPDATE memberships SET status = status_before_leaving, status_before_leaving = NULL
  WHERE user_id = $1 AND status = 'leaving' RETURNING tenant_id AS "tenantId"`;
