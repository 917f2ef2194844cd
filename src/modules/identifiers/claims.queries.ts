import type { Identifier } from '../../common/identifiers.js';
import { hasVerifiedAnyIn } from '../users/verified-identifiers.js';
import { BROUGHT_IN } from './arrangements.queries.js';

type Kind = Identifier['kind'];

/**
 * $1 identifier. The account to take over when the identifier is verified: it claims the identifier and has verified
 * none.
 */
const CLAIMANT = (kind: Kind) =>
  `SELECT u.id FROM users u WHERE u.${kind} = $1 AND NOT ${hasVerifiedAnyIn('u')}`;

/** $1 identifier, $2 another tenant, or null. Locks the claimant's tenants in the order of ids, as everywhere. */
export const LOCK_TENANTS_OF_CLAIMANT = (kind: Kind) => `
  SELECT t.id FROM tenants t
  WHERE t.id IN (
    SELECT $2::uuid UNION SELECT tenant_id FROM memberships WHERE user_id IN (${CLAIMANT(kind)}))
  ORDER BY t.id FOR NO KEY UPDATE OF t`;

/**
 * $1 identifier, $2 another user, or null. Locks the holder of the identifier and the members the claimant brought in,
 * in the order of ids.
 */
export const LOCK_PEOPLE = (kind: Kind) => `
  SELECT u.id FROM users u
  WHERE u.id IN (
    SELECT $2::uuid UNION SELECT id FROM users WHERE ${kind} = $1
    UNION SELECT user_id FROM (${BROUGHT_IN(CLAIMANT(kind))}) AS brought)
  ORDER BY u.id FOR NO KEY UPDATE OF u`;
