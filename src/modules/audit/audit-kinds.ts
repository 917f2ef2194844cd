import { AUDIT_ACTIONS, type AuditAction } from './audit-actions.js';

/** Events are kept for different times: refreshes are many, and a change is asked about years later. */
export type AuditKind = 'refreshes' | 'sign-ins' | 'changes';

const REFRESHES: readonly AuditAction[] = ['session.refreshed'];

/**
 * Who came in, tried to, or asked for something that was denied. The database deletes these before a year is over, and no
 * others (`thin_audit_month`): a new one needs a migration.
 */
const SIGN_INS: readonly AuditAction[] = [
  'session.created',
  'session.switched',
  'session.revoked',
  'sign_in.second_factor_required',
  'sign_in.refused',
  'reauthentication.refused',
  'password.recovery_requested',
  'user.email_verification_requested',
  'otp.requested',
  'otp.verified',
  'otp.refused',
  'two_factor.refused',
  'authorization.refused',
  'attempts.exceeded',
  'rate_limit.exceeded',
  'api_key.refused',
  'service_account.refused',
  'message.suppressed',
];

/** The actions of one kind; each action has exactly one. */
export function actionsOfKind(kind: AuditKind): readonly AuditAction[] {
  if (kind === 'refreshes') return REFRESHES;
  if (kind === 'sign-ins') return SIGN_INS;
  return AUDIT_ACTIONS.filter((action) => !REFRESHES.includes(action) && !SIGN_INS.includes(action));
}
