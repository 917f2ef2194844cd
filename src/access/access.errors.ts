import type { Caller } from '../common/actor.js';
import { AppError } from '../common/app-error.js';
import type { Permission } from '../common/permissions.js';

export class AuthenticationRequired extends AppError {
  constructor() {
    super('authentication_required', { detail: 'Send `Authorization: Bearer <access token>`.' });
  }
}

export class MetricsTokenRequired extends AppError {
  constructor() {
    super('authentication_required', { detail: 'Send `Authorization: Bearer <METRICS_TOKEN>`.' });
  }
}

export class PermissionMissing extends AppError {
  constructor(permission: Permission, lacking: Caller['kind'] = 'user') {
    const remedy = { user: 'Ask an administrator.', 'api-key': 'Use a key with this scope.' }[lacking];
    const holder = { user: 'role', 'api-key': 'API key' }[lacking];
    super('permission_missing', {
      detail: `Your ${holder} lacks ${permission}. ${remedy}`,
      about: { permission },
    });
  }
}

/** RFC 6750 §3.1, `insufficient_scope`: the service account or its token lacks the scope. */
export class ClientScopeMissing extends AppError {
  constructor(scope: string) {
    super('permission_missing', { detail: `Use a token of a service account with the scope ${scope}.` });
  }
}

/** The caller holds the permission, but through a role below the required level. */
export class RoleLevelTooLow extends AppError {
  constructor(level: number) {
    super('role_level_exceeded', {
      detail: `This takes a role of level ${level}. Ask somebody who has one.`,
    });
  }
}

/** The API key is valid, but the operation accepts only a signed-in person. */
export class ApiKeyNotAllowed extends AppError {
  constructor() {
    super('api_key_not_allowed', { detail: 'Sign in, and send `Authorization: Bearer <access token>`.' });
  }
}

/** The token is an operator's, in the place of a person, and the operation or the tenant does not admit that. */
export class ImpersonationNotAllowed extends AppError {
  constructor() {
    super('impersonation_not_allowed', { detail: 'Only the person can do this.' });
  }
}

/** RFC 6750 §2: a request sends one credential. */
export class CredentialsAmbiguous extends AppError {
  constructor(detail = 'Send either `Authorization` or `X-API-Key`, not both.') {
    super('malformed_request', { detail });
  }
}

/** RFC 9110 §15.5.20 */
export class HostNotAllowed extends AppError {
  constructor() {
    super('misdirected_request', {
      detail:
        'Outside production this is answered at an IP address, `localhost` and the hosts of PUBLIC_URL and APP_URL.',
    });
  }
}

export class RateLimitExceeded extends AppError {
  constructor(retryAfterSeconds: number) {
    super('rate_limit_exceeded', {
      retryAfterSeconds: Math.max(1, retryAfterSeconds),
      detail: 'Try again later.',
    });
  }
}
