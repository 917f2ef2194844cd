import type { ErrorCode } from './error-catalogue.js';

export interface FieldError {
  /** RFC 6901 JSON pointer into the request, `#/email`. */
  pointer: string;
  code: string;
  detail: string;
}

/** So many faults of a request are reported, and so much of the names in it: an answer is no echo. */
const MAX_FIELD_ERRORS = 50;
const MAX_NAME = 200;

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
  readonly options: AppErrorOptions;

  constructor(
    readonly code: ErrorCode,
    options: AppErrorOptions = {},
  ) {
    super(code, { cause: options.cause });
    this.name = new.target.name;
    this.options = options.errors ? { ...options, errors: bounded(options.errors) } : options;
  }
}

function bounded(errors: FieldError[]): FieldError[] {
  return errors
    .slice(0, MAX_FIELD_ERRORS)
    .map((error) => ({ ...error, pointer: shortenName(error.pointer) }));
}

/** A name that the client made up, as an answer repeats it. */
export function shortenName(name: string): string {
  return name.length > MAX_NAME ? `${name.slice(0, MAX_NAME - 1).toWellFormed()}…` : name;
}
