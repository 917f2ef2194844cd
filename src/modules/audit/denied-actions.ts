import type { ErrorCode } from '../../common/error-catalogue.js';
import type { AuditAction } from './audit-actions.js';

/**
 * The error codes that are recorded as sums (DenialAudit), with their audit action. Failed sign-ins and wrong codes are
 * not listed: their services record each one, and limit how many there can be. `not_found` is not listed either:
 * another tenant's id is treated as an unknown one.
 */
export const REFUSED_ACTIONS: Partial<Record<ErrorCode, AuditAction>> = {
  permission_missing: 'authorization.refused',
  role_level_exceeded: 'authorization.refused',
  member_not_manageable: 'authorization.refused',
  identifier_unverified: 'authorization.refused',
  scope_not_held: 'authorization.refused',
  api_key_not_allowed: 'authorization.refused',
  two_factor_enrolment_required: 'authorization.refused',
  invitation_wrong_account: 'authorization.refused',
  invitation_domain_not_allowed: 'authorization.refused',
  current_password_incorrect: 'reauthentication.refused',
  reauthentication_required: 'reauthentication.refused',
  api_key_invalid: 'api_key.refused',
  invalid_client: 'service_account.refused',
  too_many_attempts: 'attempts.exceeded',
  rate_limit_exceeded: 'rate_limit.exceeded',
  message_limit_exceeded: 'rate_limit.exceeded',
  sms_not_available: 'message.suppressed',
};
