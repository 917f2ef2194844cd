import { AppError, type AppErrorOptions } from '../../common/app-error.js';

/** Same response for a revoked account, one of another tenant and one that does not exist. */
export class ServiceAccountNotFound extends AppError {
  constructor() {
    super('not_found');
  }
}

export class ServiceAccountLimitReached extends AppError {
  constructor() {
    super('service_account_limit_reached', { detail: 'Revoke one that is no longer needed.' });
  }
}

/** Somebody with fewer permissions than the account has scopes must not get a credential for it. */
export class ServiceAccountBeyondActor extends AppError {
  constructor(scopes: readonly string[]) {
    super('scope_not_held', { detail: `Ask somebody who holds ${scopes.join(', ')}: the account has them.` });
  }
}

export class PublicKeyInvalid extends AppError {
  constructor(detail: string) {
    super('validation_failed', { errors: [{ pointer: '#/jwks', code: 'is_jwks', detail }] });
  }
}

/** The account authenticates by a key: it has no secret to rotate. */
export class ServiceAccountWithoutSecret extends AppError {
  constructor() {
    super('service_account_without_secret', { detail: 'Replace its keys instead.' });
  }
}

/**
 * RFC 6749 §5.2, `invalid_client`. The same for an unknown account, a wrong secret, a revoked account and an assertion
 * that is not accepted. `reason` is for the log, and `about` for the audit trail.
 */
export class InvalidClient extends AppError {
  constructor(reason?: string, about?: AppErrorOptions['about']) {
    super('invalid_client', { context: { reason }, about });
  }
}

/** RFC 6749 §5.2, `invalid_request`. */
export class InvalidTokenRequest extends AppError {
  constructor(detail: string) {
    super('malformed_request', { detail });
  }
}

export class UnsupportedGrantType extends AppError {
  constructor() {
    super('unsupported_grant_type', { detail: 'Send `grant_type=client_credentials`.' });
  }
}

export class InvalidScope extends AppError {
  constructor() {
    super('invalid_scope', { detail: 'Ask for scopes that the account has.' });
  }
}

/** RFC 8707 §2 */
export class InvalidTarget extends AppError {
  constructor() {
    super('invalid_target', { detail: 'Name the audience of a product that the account may call.' });
  }
}
