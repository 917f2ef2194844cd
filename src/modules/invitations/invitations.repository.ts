import { Injectable } from '@nestjs/common';
import type { TenantTransaction } from '../../database/transaction.js';

/** The invitations of a tenant. */
@Injectable()
export class InvitationsRepository {
  /**
   * Takes all invitations out of the department. Those that can still be accepted move to `target`, or keep the
   * department if that is null: it then cannot be deleted.
   */
  async clearDepartment(tx: TenantTransaction, departmentId: string, target: string | null): Promise<void> {
    await tx.execute(CLEAR_DEPARTMENT, [tx.tenantId, departmentId, target]);
  }
}

/** Can still be accepted. */
const OPEN = 'accepted_at IS NULL AND revoked_at IS NULL AND expires_at > now()';

/** $1 tenant, $2 department, $3 target or null. */
const CLEAR_DEPARTMENT = `
  UPDATE invitations SET department_id = CASE WHEN ${OPEN} THEN $3::uuid END
  WHERE tenant_id = $1 AND department_id = $2 AND ($3::uuid IS NOT NULL OR NOT (${OPEN}))`;
