import type { ErrorCode } from './error-catalogue.js';

export interface FieldError {
  /** RFC 6901 JSON pointer into the request, `#/email`. */
  pointer: string;
  code: string;
  detail: string;
}

export interface AppErrorOptions {
  /** What the caller can do about it; served. Never holds a secret or tells whether an account exists. */
  detail?: string;
  errors?: FieldError[];
  /** Served as `Retry-After`; whole seconds. */
  retryAfterSeconds?: number;
  /** For the log only; never served. No secret, code or token goes in it. */
  context?: Record<string, unknown>;
  /**
   * For the audit trail only; never served: the tenant and the account it concerns, what the actor lacked, and of an
   * API key its id or, where nobody has looked yet whose it is, the hash it would be kept under.
   */
  about?: {
    tenantId?: string | null;
    userId?: string;
    permission?: string;
    keyId?: string;
    keyHash?: string;
    reason?: string;
  };
  cause?: unknown;
}

/**
 * A refusal the core foresees. Rooms derive one small class per refusal; the code decides title, status and log
 * level in the catalogue, and each contract's renderer decides how it looks on the wire.
 */
export class AppError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly options: AppErrorOptions = {},
  ) {
    super(code, { cause: options.cause });
    this.name = new.target.name;
  }
}
