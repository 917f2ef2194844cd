import type { ErrorCode } from '../../common/error-catalogue.js';
import type { AuditAction } from './audit-actions.js';

/**
 * The denials that the trail tells of in sums. Refused sign-ins and codes are not here: the services that refuse them
 * record each, and how many there can be is limited. Nor is `not_found`: another's id is as good as none.
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
  too_many_attempts: 'attempts.exceeded',
  rate_limit_exceeded: 'rate_limit.exceeded',
  message_limit_exceeded: 'rate_limit.exceeded',
  sms_not_available: 'message.suppressed',
};
