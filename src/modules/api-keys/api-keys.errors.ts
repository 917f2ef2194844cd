import { AppError, type AppErrorOptions } from '../../common/app-error.js';
import type { Permission } from '../../common/permissions.js';

/** Same response for every key that does not work: it does not disclose whether the key ever existed. */
export class ApiKeyInvalid extends AppError {
  constructor(about?: AppErrorOptions['about']) {
    super('api_key_invalid', { detail: 'Check that the key is complete, or make a new one.', about });
  }
}

/** Same response for a revoked key, one beyond the actor's reach and one that does not exist. */
export class ApiKeyNotFound extends AppError {
  constructor() {
    super('not_found');
  }
}

export class ScopeNotHeld extends AppError {
  constructor(scopes: readonly Permission[]) {
    super('scope_not_held', { detail: `Leave out ${[...new Set(scopes)].join(', ')}.` });
  }
}

export class ApiKeyExpiryRequired extends AppError {
  constructor() {
    super('api_key_expiry_required', {
      errors: [
        { pointer: '#/expiresAt', code: 'api_key_expiry_required', detail: 'Send `expiresInDays` instead.' },
      ],
    });
  }
}

export class ApiKeyLimitReached extends AppError {
  constructor() {
    super('api_key_limit_reached', { detail: 'Revoke one that is no longer needed.' });
  }
}
