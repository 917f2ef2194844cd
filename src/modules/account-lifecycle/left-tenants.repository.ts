import { Injectable } from '@nestjs/common';
import type { Queries } from '../../database/queries.js';

/** Who leads a tenant after a person has left it. */
@Injectable()
export class LeftTenantsRepository {
  /**
   * The slugs of the tenants with other members in which the person is the last active top-level member. Members whose
   * deletion is pending count as other members, because they may restore their accounts and then need an owner. Needs a
   * transaction or a statement that sees all tenants.
   */
  async findTenantsOwnedAlone(across: Queries, userId: string): Promise<string[]> {
    const left = await across.many<{ slug: string }>(FIND_OWNED_ALONE, [userId]);
    return left.map(({ slug }) => slug);
  }
}

/** $1 user. */
const FIND_OWNED_ALONE = `
  WITH top AS (
    SELECT m.tenant_id, m.user_id FROM memberships m
    JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
    JOIN users u ON u.id = m.user_id AND u.status = 'active'
    WHERE m.status = 'active' AND r.level = (SELECT max(level) FROM roles WHERE tenant_id = m.tenant_id)
      AND m.tenant_id IN (SELECT tenant_id FROM memberships WHERE user_id = $1)
  )
  SELECT t.slug FROM top own JOIN tenants t ON t.id = own.tenant_id
  WHERE own.user_id = $1
    AND NOT EXISTS (SELECT 1 FROM top o WHERE o.tenant_id = own.tenant_id AND o.user_id <> $1)
    AND EXISTS (SELECT 1 FROM memberships o JOIN users u ON u.id = o.user_id AND u.status <> 'closed'
                WHERE o.tenant_id = own.tenant_id AND o.user_id <> $1)
  ORDER BY t.slug`;
