/** The actions of the audit trail, by the group that selects all of them. */
export const ACTION_GROUPS: readonly (readonly [group: string, actions: readonly string[]])[] = (
  [
    [
      'user.',
      'created updated email_change_requested email_change_reverted email_verification_requested email_verified phone_verified taken_over closed exported deletion_requested restored erased signed_out blocked unblocked viewed',
    ],
    ['session.', 'created refreshed switched revoked reuse_detected'],
    ['sign_in.', 'second_factor_required refused'],
    ['reauthentication.', 'refused'],
    ['password.', 'changed recovery_requested recovered'],
    ['otp.', 'requested verified refused'],
    ['two_factor.', 'enrolment_started enabled disabled reset refused'],
    ['recovery_codes.', 'regenerated'],
    ['recovery_code.', 'used'],
    ['trusted_device.', 'added removed'],
    ['signing_key.', 'retired removed'],
    ['credentials.', 'revoked'],
    ['authorization.', 'refused'],
    ['attempts.', 'exceeded'],
    ['rate_limit.', 'exceeded'],
    ['api_key.', 'created updated rotated revoked refused'],
    ['service_account.', 'created updated rotated revoked refused'],
    [
      'tenant.',
      'created updated ownership_transferred suspended restored deletion_requested deletion_cancelled erased',
    ],
    ['membership.', 'left'],
    ['member.', 'updated suspended restored removed'],
    ['role.', 'created updated deleted'],
    ['department.', 'created updated deleted'],
    ['team.', 'created updated deleted'],
    ['invitation.', 'created resent revoked accepted'],
    ['message.', 'suppressed'],
    ['audit.', 'exported'],
    ['people.', 'exported'],
    ['impersonation.', 'started ended'],
    ['limits.', 'lifted'],
    [
      'operator.',
      'created enrolled disabled enabled password_reset second_factor_reset addresses_changed ' +
        'signed_in sign_in_refused signed_out',
    ],
  ] as const
).map(([group, verbs]) => [group, verbs.split(' ').map((verb) => `${group}${verb}`)]);
