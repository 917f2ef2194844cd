import { AppError } from '../common/app-error.js';
import type { Permission } from '../common/permissions.js';

export class AuthenticationRequired extends AppError {
  constructor() {
    super('authentication_required', { detail: 'Send `Authorization: Bearer <access token>`.' });
  }
}

export class PermissionMissing extends AppError {
  constructor(permission: Permission) {
    super('permission_missing', {
      detail: `Your role lacks ${permission}. Ask an administrator.`,
      about: { permission },
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
