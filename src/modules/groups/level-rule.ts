import { type Actor, membershipOf } from '../../common/actor.js';
import type { Tx } from '../../database/database.js';
import { MemberNotManageable } from './groups.errors.js';

/** Of whom a change is asked for: one member, or all of a department. */
type Members = { memberId: string } | { departmentId: string };

/**
 * Nobody changes a member at or above their own level, themselves and equal top-level holders apart. Throws
 * MemberNotManageable.
 */
export async function assertManageable(tx: Tx, actor: Actor, members: Members): Promise<void> {
  const { id, tenant, role } = membershipOf(actor);
  const [column, value] =
    'memberId' in members ? ['id', members.memberId] : ['department_id', members.departmentId];
  const superiors = await tx.query<unknown[]>(
    `SELECT 1 FROM memberships m JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
     WHERE m.tenant_id = $1 AND m.${column} = $2 AND m.id <> $3 AND r.level >= $4
       AND NOT (r.level = $4 AND $4 = (SELECT max(level) FROM roles WHERE tenant_id = $1)) LIMIT 1`,
    [tenant.id, value, id, role.level],
  );
  if (superiors.length > 0) throw new MemberNotManageable();
}
