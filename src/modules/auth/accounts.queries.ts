import type { Identifier } from '../../common/identifiers.js';
import type { Statement } from '../../database/queries.js';

export interface AccountRow {
  user_id: string;
  email: string | null;
  phone: string | null;
  hash: string | null;
  consecutive_failures: number;
  tenant_id: string | null;
}

/** Over `u`, a row of `users`; $2 the requested tenant or null. The most recently used tenant comes first. */
const TENANT_TO_OPEN = `
  (SELECT m.tenant_id FROM memberships m JOIN tenants t ON t.id = m.tenant_id AND t.status = 'active'
   WHERE m.user_id = u.id AND m.status = 'active' AND ($2::uuid IS NULL OR m.tenant_id = $2)
   ORDER BY m.last_used_at DESC, m.id LIMIT 1)`;

/** $1 identifier, $2 the requested tenant or null. */
export const FIND_ACCOUNT: Record<Identifier['kind'], Statement> = {
  email: findAccount('email'),
  phone: findAccount('phone'),
};

/** $1 user, $2 null. */
export const FIND_TENANT_TO_OPEN = `SELECT ${TENANT_TO_OPEN} AS tenant_id FROM users u WHERE u.id = $1`;

/** $1 user. The names and slugs of the user's tenants. */
export const FIND_TENANT_NAMES: Statement = {
  name: 'find-tenant-names',
  text: `SELECT t.name, t.slug FROM memberships m JOIN tenants t ON t.id = m.tenant_id WHERE m.user_id = $1`,
};

function findAccount(kind: Identifier['kind']): Statement {
  return {
    name: `find-account-by-${kind}`,
    text: `
      SELECT u.id AS user_id, u.email, u.phone, c.hash, COALESCE(c.consecutive_failures, 0) AS consecutive_failures,
        ${TENANT_TO_OPEN} AS tenant_id
      FROM users u LEFT JOIN password_credentials c ON c.user_id = u.id
      WHERE u.${kind} = $1 AND u.status = 'active'`,
  };
}
