/** How an error is reported: title and status are the same at every occurrence (RFC 9457 §3.1). */
export interface ErrorEntry {
  title: string;
  status: number;
  /** `info`: expected errors; `warn`: look at it if it becomes frequent; `error`: alert an operator. */
  level: 'info' | 'warn' | 'error';
}

const entry = (status: number, title: string, level: ErrorEntry['level'] = 'info'): ErrorEntry => ({
  status,
  title,
  level,
});

/**
 * Every stable error code of Gatehouse. A published code keeps its meaning; removing one breaks clients. A new error
 * needs only an entry here. Contracts that spell errors differently map from these codes.
 */
export const ERROR_CATALOGUE = {
  // The request
  validation_failed: entry(400, 'The request has invalid fields'),
  malformed_json: entry(400, 'The body is not valid JSON'),
  malformed_request: entry(400, 'The request cannot be read'),
  route_not_found: entry(404, 'There is nothing at this address'),
  method_not_allowed: entry(405, 'This address does not answer that method'),
  request_timeout: entry(408, 'The request did not come in time'),
  headers_too_large: entry(431, 'The address or the headers of the request are too long'),
  body_too_large: entry(413, 'The body is too large'),
  idempotency_key_invalid: entry(400, 'The Idempotency-Key cannot be used'),
  idempotency_key_reused: entry(422, 'The Idempotency-Key belongs to another request'),
  idempotency_key_in_use: entry(409, 'The first request with this Idempotency-Key is still running'),
  idempotency_answer_gone: entry(410, 'What the first request with this Idempotency-Key returned has ended'),
  unsupported_media_type: entry(415, 'The media type is not supported'),
  misdirected_request: entry(421, 'This server does not answer for that host', 'warn'),
  rate_limit_exceeded: entry(429, 'Too many requests', 'warn'),
  internal_error: entry(500, 'Something went wrong on our side', 'error'),
  service_unavailable: entry(503, 'The service is busy or not ready', 'warn'),

  // Authentication
  authentication_required: entry(401, 'Sign in first'),
  access_token_invalid: entry(401, 'The access token is invalid or expired'),
  invalid_credentials: entry(401, 'The credentials are wrong'),
  refresh_token_invalid: entry(401, 'The refresh token is invalid or expired'),
  current_password_incorrect: entry(401, 'The current password is incorrect'),
  reauthentication_required: entry(403, 'Confirm it is you'),
  browser_session_refused: entry(403, 'A browser session is not possible here', 'warn'),
  otp_invalid: entry(400, 'The code is wrong, expired or already used'),
  email_codes_disabled: entry(403, 'Signing in by e-mail code is switched off'),
  two_factor_code_invalid: entry(401, 'The code is wrong or already used'),
  temp_token_invalid: entry(401, 'The temp token is invalid, expired or already used'),
  api_key_invalid: entry(401, 'The API key is invalid, expired or revoked'),
  too_many_attempts: entry(429, 'Too many failed attempts', 'warn'),

  // Authorization
  permission_missing: entry(403, 'Your role does not allow this'),
  role_level_exceeded: entry(403, 'The role is above your own'),
  identifier_unverified: entry(403, 'Your e-mail address or phone number is not verified'),
  two_factor_enrolment_required: entry(403, 'The organisation requires two-factor authentication'),
  api_key_not_allowed: entry(403, 'An API key cannot do this'),
  no_active_tenant: entry(403, 'This session has no active organisation'),
  not_found: entry(404, 'There is no such thing here'),

  // Registration, passwords and profile
  email_taken: entry(409, 'The e-mail address is already registered'),
  phone_taken: entry(409, 'The phone number is already registered'),
  signup_token_invalid: entry(400, 'The sign-up token is invalid, expired or already used'),
  phone_not_verified: entry(400, 'The phone number was not verified just now'),
  company_name_taken: entry(409, 'The company name is already registered'),
  password_too_short: entry(400, 'The password is too short'),
  password_too_long: entry(400, 'The password is too long'),
  password_blocklisted: entry(400, 'The password is known to attackers'),
  password_too_weak: entry(400, 'The password is too easy to guess'),
  password_contains_identity: entry(400, 'The password is made of your own name, e-mail or company'),
  tenant_not_found: entry(404, 'There is no organisation with this slug'),
  avatar_invalid: entry(400, 'The file is not a usable PNG, JPEG or WebP image'),
  avatar_too_large: entry(413, 'The image is larger than 2 MiB'),

  // One-time secrets
  reset_token_invalid: entry(400, 'The reset link is invalid, expired or already used'),
  verification_token_invalid: entry(400, 'The verification link is invalid, expired or already used'),
  restoration_token_invalid: entry(400, 'The restoration link is invalid, expired or already used'),
  email_revert_token_invalid: entry(400, 'The link is invalid, expired or already used'),
  enrolment_token_invalid: entry(400, 'The enrolment token is invalid, expired or already used'),
  email_already_verified: entry(409, 'The e-mail address is already verified'),

  // Two-factor authentication
  two_factor_already_enabled: entry(409, 'Two-factor authentication is already on'),
  two_factor_not_enabled: entry(409, 'Two-factor authentication is not on'),
  two_factor_not_enrolling: entry(409, 'There is no enrolment to confirm'),

  // API keys
  scope_not_held: entry(403, 'A scope is beyond what you hold or what a key may have'),
  api_key_expiry_required: entry(400, 'The organisation requires its API keys to expire'),
  api_key_limit_reached: entry(409, 'There are too many API keys'),

  // Service accounts: the first four are those of RFC 6749 §5.2 and RFC 8707 §2
  invalid_client: entry(401, 'The client is unknown, or its credential is wrong'),
  unsupported_grant_type: entry(400, 'The grant type is not supported'),
  invalid_scope: entry(400, 'The scope is unknown, or beyond that of the account'),
  invalid_target: entry(400, 'The resource is unknown, or beyond the account’s reach'),
  service_account_limit_reached: entry(409, 'There are too many service accounts'),
  service_account_without_secret: entry(409, 'The service account authenticates by a key'),

  // Tenants
  last_owner: entry(409, 'The organisation would be left without its last top-level member'),
  member_not_manageable: entry(403, 'The member is at or above your own level'),
  role_key_taken: entry(409, 'The organisation already has a role with this key'),
  role_limit_reached: entry(409, 'The organisation has too many roles'),
  role_protected: entry(409, 'The top-level role keeps its level and its rights'),
  member_suspended: entry(409, 'The member is suspended'),
  role_in_use: entry(409, 'Members, invitations or departments still have this role'),
  department_name_taken: entry(409, 'There is already a department with this name here'),
  department_limit_reached: entry(409, 'The organisation has too many departments'),
  department_cycle: entry(409, 'A department cannot lie within itself'),
  department_too_deep: entry(409, 'Departments do not lie that deep within each other'),
  department_in_use: entry(409, 'The department still holds members, invitations or departments'),
  team_name_taken: entry(409, 'There is already a team with this name'),
  team_limit_reached: entry(409, 'The organisation has too many teams'),

  // Invitations
  invitation_not_found: entry(404, 'There is no such invitation'),
  invitation_expired: entry(400, 'The invitation has expired'),
  invitation_already_used: entry(400, 'The invitation was already used or withdrawn'),
  invitation_wrong_account: entry(403, 'The invitation is for somebody else'),
  invitation_domain_not_allowed: entry(403, 'The organisation does not invite addresses of this domain'),
  recipient_repeated: entry(409, 'The list has already invited this recipient'),
  already_member: entry(409, 'This person is already a member'),
  role_not_found: entry(400, 'There is no such role in this organisation'),
  department_not_found: entry(400, 'There is no such department in this organisation'),
  team_not_found: entry(400, 'There is no such team in this organisation'),
  message_limit_exceeded: entry(429, 'Too many messages', 'warn'),
  sms_not_available: entry(422, 'No SMS can be sent to this number', 'warn'),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;
