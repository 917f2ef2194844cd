/** The texts of all messages, by key. A placeholder in double braces is filled in; a translation may use the same ones. */
export const ENGLISH = {
  greeting: 'Hello {{name}},',
  'greeting.unnamed': 'Hello,',
  linkFallback: 'If the button does not work, open this link:',
  'verify-email.subject': 'Confirm your e-mail address',
  'verify-email.text': 'Please confirm that this e-mail address is yours.',
  'verify-email.validity': 'The link works once, until {{until}}.',
  'verify-email.action': 'Confirm e-mail address',
  'verify-email.closing':
    'If you did not ask for this, ignore this message: without the link nothing is confirmed.',
  'password-reset.subject': 'Reset your password',
  'password-reset.text': 'Somebody, probably you, asked to reset the password of your account.',
  'password-reset.validity': 'The link works once, until {{until}}. A new password signs you out everywhere.',
  'password-reset.action': 'Choose a new password',
  'password-reset.closing': 'If you did not ask for this, ignore this message: your password stays as it is.',
  'invitation.subject': 'You are invited to join {{tenant}}',
  'invitation.text': '{{inviter}} invites you to join {{tenant}}, in the role “{{role}}”.',
  'invitation.validity': 'The invitation can be accepted once, until {{until}}.',
  'invitation.action': 'Accept the invitation',
  'invitation.closing':
    'If you do not know who this is, or did not expect an invitation, ignore this message.',
  'invitation.tenant': 'an organisation',
  'invitation.inviter': 'A colleague',
  'invitation.role': 'member',
  'invitation.sms': '{{inviter}} invites you to join {{tenant}}: {{link}}',
  'invitation.sms.unnamed': 'You are invited to join {{tenant}}: {{link}}',
  'invitation.sms.short': 'You are invited: {{link}}',
  'invitation.sms.subject': 'You are invited',
  'otp.subject': 'Your {{sender}} code',
  'otp.text': 'Enter this code to continue.',
  'otp.validity': 'It works once, until {{until}}.',
  'otp.closing': 'Never tell it to anybody. If you did not ask for it, ignore this message.',
  'otp.sms': '{{code}} is your {{sender}} code. Never tell it to anybody.',
  'otp.sms.short': '{{code}} is your {{sender}} code.',
  'otp.sms.shortest': '{{code}} is your code.',
  'account-restoration.subject': 'Your account is being deleted',
  'account-restoration.text':
    'The deletion of your account was requested. It is closed now, and all sessions and API keys have ended.',
  'account-restoration.validity':
    'Until {{until}} the link brings it back, once. Then everything is erased for good.',
  'account-restoration.action': 'Keep my account',
  'account-restoration.closing':
    'If you want it deleted, there is nothing to do. If this was not you, bring the account back and choose a new password.',
  'account-restoration.sms': 'Your account will be deleted on {{day}}. Keep it: {{link}}',
  'account-restoration.sms.short': 'Your account is being deleted. Keep it: {{link}}',
  'notice.closing':
    'If this was you, there is nothing to do. If it was not, choose a new password at once and end all your sessions.',
  'notice.kept-keys':
    'Older API keys of yours still work: they are below. Revoke those that you do not know.',
  'notice.revert':
    'Was this not you? The link below takes it back, once: your account has this address again, every session ends, the password is void, and you set a new one.',
  'notice.revert.action': 'Take it back',
  'notice.revert.closing': 'If this was you, there is nothing to do.',
  'notice.when': 'When',
  'notice.from': 'From',
  'notice.revert.until': 'The link works until',
  'notice.until': 'Until',
  'notice.organisation': 'Organisation',
  'notice.reference': 'Support case',
  'notice.key': 'API key',
  'notice.key.unnamed': 'without a name',
  'notice.keys.more': 'More API keys',
  'notice.sms': '{{sender}}: {{subject}}.',
  'notice.sms.short': '{{subject}}.',
  'notice.sms.advice': 'If this was not you, choose a new password at once.',
  'notice.sms.revert': '{{subject}}. Take it back: {{link}}',
  'notice.sms.revert.short': 'Take it back: {{link}}',

  'notice.password_changed.subject': 'Your password was changed',
  'notice.password_changed.text': 'The password of your account was changed. Other sessions were signed out.',
  'notice.password_recovered.subject': 'Your password was reset',
  'notice.password_recovered.text':
    'The password of your account was reset by a link sent to you. All sessions were signed out.',
  'notice.email_change_requested.subject': 'A new e-mail address was requested',
  'notice.email_change_requested.text':
    'A new e-mail address was requested for your account. This address stays in use until the new one is confirmed.',
  'notice.email_changed.subject': 'Your e-mail address was changed',
  'notice.email_changed.text': 'Your account now has another e-mail address. This one no longer signs in.',
  'notice.email_change_reverted.subject': 'A change of the e-mail address was taken back',
  'notice.email_change_reverted.text':
    'The previous owner of your account has taken a change of its e-mail address back. All sessions were signed out, and the password no longer works.',
  'notice.email_change_reverted.closing':
    'If you need the account, and it is yours, ask the operator of the service.',
  'notice.phone_changed.subject': 'Your phone number was changed',
  'notice.phone_changed.text': 'The phone number of your account was changed.',
  'notice.current_password_failures.subject': 'Wrong passwords in a session of yours',
  'notice.current_password_failures.text':
    'In a session of your account a wrong password was given ten times in a row. The person who did it is signed in as you.',
  'notice.second_factor_failures.subject': 'Wrong codes for your account',
  'notice.second_factor_failures.text':
    'Ten wrong codes of an authenticator, or wrong backup codes, were given for your account in a row. The person who did it knows your password or is signed in as you.',
  'notice.two_factor_enabled.subject': 'Two-factor authentication was turned on',
  'notice.two_factor_enabled.text': 'Two-factor authentication was turned on for your account.',
  'notice.two_factor_disabled.subject': 'Two-factor authentication was turned off',
  'notice.two_factor_disabled.text':
    'Two-factor authentication was turned off for your account. The password alone signs in now.',
  'notice.two_factor_reset.subject': 'Two-factor authentication was reset',
  'notice.two_factor_reset.text':
    'The operator of the service removed two-factor authentication from your account, on request. All sessions were signed out. The password alone signs in now: turn two-factor authentication on again.',
  'notice.recovery_codes_regenerated.subject': 'New backup codes were made',
  'notice.recovery_codes_regenerated.text':
    'New backup codes were made for your account. The old ones no longer work.',
  'notice.trusted_device_added.subject': 'A device is trusted now',
  'notice.trusted_device_added.text':
    'A device was marked as trusted: it signs in to your account without a code for some time.',
  'notice.api_key_created.subject': 'An API key was created',
  'notice.api_key_created.text': 'An API key was created in your name.',
  'notice.api_key_rotated.subject': 'An API key was renewed',
  'notice.api_key_rotated.text':
    'An API key of yours has a new secret. The old one stops working after a while.',
  'notice.api_key_revoked.subject': 'An API key was revoked',
  'notice.api_key_revoked.text': 'An API key of yours was revoked.',
  'notice.session_reuse_detected.subject': 'A session was ended for your safety',
  'notice.session_reuse_detected.text':
    'A sign-in token of yours was used twice, which can mean that it was stolen. We ended that session.',
  'notice.new_device_login.subject': 'New sign-in to your account',
  'notice.new_device_login.text': 'Your account was signed in to from a device we have not seen before.',
  'notice.data_exported.subject': 'Your data was exported',
  'notice.data_exported.text': 'An archive of everything we hold about you was downloaded.',
  'notice.account_restored.subject': 'Your account is back',
  'notice.account_restored.text':
    'The deletion of your account was called off. Sign in as before; API keys have to be made anew.',
  'notice.account_taken_over.subject': 'The account with your address or number is yours now',
  'notice.account_taken_over.text':
    'Somebody had created an account with your address or number and never verified it. Now that it is verified the account is yours, emptied of what was set up before: its password, sessions, second factor, API keys, links, codes and invitations.',
  'notice.account_taken_over.closing':
    'If you did not verify it just now, reset the password of the account at once.',
  'notice.identifier_dropped.subject': 'Your address or number was removed from an account',
  'notice.identifier_dropped.text':
    'An account had your address or number and another one, and had verified neither. The other one has been verified now, so yours is no longer part of that account.',
  'notice.identifier_dropped.closing':
    'There is nothing to do. You can create an account with your address or number.',
  'notice.claim_lost.subject': 'An address or number was removed from your account',
  'notice.claim_lost.text':
    'Your account had an address or number that was never verified. Somebody else has verified it, so it is no longer part of your account. Nothing else has changed.',
  'notice.claim_lost.closing': 'If it is yours, verify it again in your account.',
  'notice.identifier_released.subject': 'Your address or number was removed from another account',
  'notice.identifier_released.text':
    'Another account had your address or number without having verified it. Now that it is verified it is no longer part of that account.',
  'notice.identifier_released.closing':
    'Nothing of that account is yours. You can use your address or number for an account of your own.',
  'notice.membership_ended.subject': 'You are no longer a member of an organisation',
  'notice.membership_ended.text':
    'The account from which you were invited into an organisation has been taken over by the owner of its address. The people who were invited from it are no longer members.',
  'notice.membership_ended.closing':
    'If you still belong to the organisation, ask its owner for a new invitation.',
  'notice.session_ended_by_operator.subject': 'A session of yours was ended',
  'notice.session_ended_by_operator.text':
    'The operator of the service ended a session of your account. Password, second factor and API keys are as before.',
  'notice.session_ended_by_operator.closing': 'If you do not know why, ask the operator of the service.',
  'notice.account_blocked.subject': 'Your account was blocked',
  'notice.account_blocked.text':
    'The operator of the service blocked your account. All sessions were signed out, and nobody can sign in to it until it is unblocked.',
  'notice.account_blocked.closing': 'If you do not know why, ask the operator of the service.',
  'notice.account_unblocked.subject': 'Your account was unblocked',
  'notice.account_unblocked.text':
    'The operator of the service unblocked your account. Sign in as before; your API keys work again.',
  'notice.account_unblocked.closing': 'There is nothing to do.',
  'notice.impersonation_started.subject': 'An operator acts in your place',
  'notice.impersonation_started.text':
    'An operator of the service opened a session in your place, to help you or your organisation. It is in the list of your sessions, where you can end it. It never reaches your password, second factor, API keys or an export of your data.',
  'notice.impersonation_started.closing':
    'If you did not ask for help, end the session and ask the operator of the service why.',
  'notice.limits_lifted.subject': 'Limits of your account were lifted',
  'notice.limits_lifted.text':
    'The operator of the service lifted the waiting times after wrong passwords and codes for your account: a sign-in may be tried again at once.',
  'notice.limits_lifted.closing': 'If you did not ask for that, ask the operator of the service why.',
  'notice.tenant_deletion_requested.subject': 'Your organisation will be deleted',
  'notice.tenant_deletion_requested.text':
    'The operator of the service requested the deletion of an organisation of which you are an owner. Nobody can use it from now on, and when the time to restore it is over it is erased. Your account and your other organisations are as before.',
  'notice.tenant_deletion_requested.closing': 'If you do not know why, ask the operator of the service.',
  'notice.tenant_deletion_cancelled.subject': 'Your organisation will not be deleted',
  'notice.tenant_deletion_cancelled.text':
    'The operator of the service called the deletion of an organisation of which you are an owner off. It stays suspended until it is restored.',
  'notice.tenant_deletion_cancelled.closing': 'If you do not know why, ask the operator of the service.',
  'notice.signed_out_by_operator.subject': 'You were signed out everywhere',
  'notice.signed_out_by_operator.text':
    'The operator of the service ended all sessions of your account, its API keys, and the links and codes that were sent to you. Password and second factor are as before: sign in again.',
  'notice.signed_out_by_operator.closing': 'If you do not know why, ask the operator of the service.',
  'notice.tenant_suspended.subject': 'Your organisation was suspended',
  'notice.tenant_suspended.text':
    'The operator of the service suspended an organisation of which you are an owner. Nobody can use it until it is restored. Your account and your other organisations are as before.',
  'notice.tenant_suspended.closing': 'If you do not know why, ask the operator of the service.',
  'notice.tenant_restored.subject': 'Your organisation was restored',
  'notice.tenant_restored.text':
    'The operator of the service restored an organisation of which you are an owner. Its members can use it again.',
  'notice.tenant_restored.closing': 'There is nothing to do.',
} as const;
