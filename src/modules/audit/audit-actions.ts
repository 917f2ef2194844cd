/**
 * Every action of the audit trail, which is published: do not rename. An event with outcome `refused` changed nothing.
 */
export const AUDIT_ACTIONS = [
  'user.created',
  'user.updated',
  'user.email_change_requested',
  'user.email_change_reverted',
  'user.email_verification_requested',
  'user.email_verified',
  'user.phone_verified',
  'user.taken_over',
  'user.closed',
  'user.exported',
  'user.deletion_requested',
  'user.restored',
  'user.erased',
  'user.signed_out',

  'session.created',
  'session.refreshed',
  'session.switched',
  'session.revoked',
  'session.reuse_detected',
  'sign_in.second_factor_required',
  'sign_in.refused',
  'reauthentication.refused',
  'password.changed',
  'password.recovery_requested',
  'password.recovered',
  'otp.requested',
  'otp.verified',
  'otp.refused',
  'two_factor.enrolment_started',
  'two_factor.enabled',
  'two_factor.disabled',
  'two_factor.reset',
  'two_factor.refused',
  'recovery_codes.regenerated',
  'recovery_code.used',
  'trusted_device.added',
  'trusted_device.removed',

  'signing_key.retired',
  'signing_key.removed',
  'credentials.revoked',

  'authorization.refused',
  'attempts.exceeded',
  'rate_limit.exceeded',

  'api_key.created',
  'api_key.updated',
  'api_key.rotated',
  'api_key.revoked',
  'api_key.refused',
  'service_account.created',
  'service_account.updated',
  'service_account.rotated',
  'service_account.revoked',

  'tenant.created',
  'tenant.updated',
  'tenant.ownership_transferred',
  'tenant.suspended',
  'tenant.restored',
  'tenant.erased',
  'membership.left',
  'member.updated',
  'member.suspended',
  'member.restored',
  'member.removed',
  'role.created',
  'role.updated',
  'role.deleted',
  'department.created',
  'department.updated',
  'department.deleted',
  'team.created',
  'team.updated',
  'team.deleted',
  'invitation.created',
  'invitation.resent',
  'invitation.revoked',
  'invitation.accepted',
  'message.suppressed',
  'audit.exported',
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** A prefix such as `session.` selects every action that begins with it. */
export const AUDIT_ACTION_PREFIXES: readonly string[] = [
  ...new Set(AUDIT_ACTIONS.map((action) => `${action.split('.')[0]}.`)),
];

/** The actions that an action's name or a prefix selects; empty for anything else. */
export function actionsOf(word: string): AuditAction[] {
  return AUDIT_ACTIONS.filter((action) => action === word || (word.endsWith('.') && action.startsWith(word)));
}
