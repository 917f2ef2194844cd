import type { Statement } from '../../database/queries.js';
import { reserveAttemptAt } from '../attempts/attempts.repository.js';

/**
 * Over `p`, rows of `pending_sign_ins`: not expired, the user active, and the membership (if any) and its tenant
 * active.
 */
const OPEN = `
  p.expires_at > now() AND EXISTS (SELECT 1 FROM users u WHERE u.id = p.user_id AND u.status = 'active') AND (p.tenant_id IS NULL OR EXISTS (
    SELECT 1 FROM memberships m JOIN tenants t ON t.id = m.tenant_id AND t.status = 'active'
    WHERE m.tenant_id = p.tenant_id AND m.user_id = p.user_id AND m.status = 'active'))`;

/** $1 id, $2 user, $3 tenant or null, $4 methods, $5 attempts, $6 seconds. Deletes up to ten expired rows. */
export const OPEN_PENDING_SIGN_IN = `
  WITH expired AS (
    DELETE FROM pending_sign_ins WHERE id IN (
      SELECT id FROM pending_sign_ins WHERE expires_at <= now() LIMIT 10 FOR UPDATE SKIP LOCKED)
  )
  INSERT INTO pending_sign_ins (id, user_id, tenant_id, methods, attempts_left, expires_at)
  VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))`;

/** $1 id. */
export const FIND_PENDING_SIGN_IN: Statement = {
  name: 'find-pending-sign-in',
  text: `
    SELECT p.id, p.user_id AS "userId", p.tenant_id AS "tenantId", p.methods
    FROM pending_sign_ins p WHERE p.id = $1 AND p.attempts_left > 0 AND ${OPEN}`,
};

/** $8 id. */
export const RESERVE_SIGN_IN_ATTEMPT = reserveAttemptAt('reserve-sign-in-attempt', {
  find: `
    SELECT p.id FROM pending_sign_ins p, address
    WHERE p.id = $8 AND p.attempts_left > 0 AND p.expires_at > now()
    FOR NO KEY UPDATE OF p`,
  take: `
    UPDATE pending_sign_ins p SET attempts_left = p.attempts_left - 1 FROM target, subject
    WHERE p.id = target.id RETURNING p.id`,
});

/** $1 id. Of any number of parallel calls, exactly one gets a row. */
export const CONSUME_PENDING_SIGN_IN = `DELETE FROM pending_sign_ins p WHERE p.id = $1 AND ${OPEN} RETURNING p.id`;
