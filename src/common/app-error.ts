import type { ErrorCode } from './error-catalogue.js';

export interface FieldError {
  /** RFC 6901 JSON pointer into the request, `#/email`. */
  pointer: string;
  code: string;
  detail: string;
}

/**
 * A text that refers to members of the request. It holds the core's names for them; each contract fills in its own.
 * Made by `advice`.
 */
export class Advice {
  /** The members stand between the parts. */
  constructor(
    private readonly parts: readonly string[],
    private readonly members: readonly string[],
  ) {}

  print(nameOf: (member: string) => string): string {
    return this.parts.reduce((text, part, index) => {
      const member = this.members[index - 1];
      return `${text}${member === undefined ? '' : `\`${nameOf(member)}\``}${part}`;
    }, '');
  }
}

/** A text with references to members of the request: advice`Send ${'code'} as well.` */
export const advice = (parts: TemplateStringsArray, ...members: string[]): Advice =>
  new Advice(parts, members);

/** Most field errors that one error response reports, and most of a client's field name that it repeats. */
const MAX_FIELD_ERRORS = 50;
const MAX_NAME = 200;

export interface AppErrorOptions {
  /**
   * What the caller can do about the error. It is served, so it never contains a secret or reveals whether an account
   * exists. It names members of the request by `advice`.
   */
  detail?: string | Advice;
  errors?: FieldError[];
  /** Served as `Retry-After`; whole seconds. */
  retryAfterSeconds?: number;
  /** For the log only; never served. No secret, code or token goes in it. */
  context?: Record<string, unknown>;
  /**
   * For the audit trail only; never served: the tenant and the account concerned, and the missing permission. An API
   * key is named by its id or, before it is looked up, by the hash it would be stored under.
   */
  about?: {
    tenantId?: string | null;
    userId?: string;
    permission?: string;
    keyId?: string;
    keyHash?: string;
    serviceAccountId?: string;
    reason?: string;
  };
  cause?: unknown;
}

/**
 * An error that the core expects. Modules derive one small class for each. The code determines title, status and log
 * level (`ERROR_CATALOGUE`); each contract's renderer determines the form on the wire.
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

  /** The detail, if there is one. `nameOf` maps the core's name of a member to that of the contract. */
  printDetail(nameOf: (member: string) => string = (member) => member): string | undefined {
    const { detail } = this.options;
    return detail instanceof Advice ? detail.print(nameOf) : detail;
  }
}

function bounded(errors: FieldError[]): FieldError[] {
  return errors
    .slice(0, MAX_FIELD_ERRORS)
    .map((error) => ({ ...error, pointer: shortenName(error.pointer) }));
}

/** Shortens a field name that the client chose, for an error response. */
export function shortenName(name: string): string {
  return name.length > MAX_NAME ? `${name.slice(0, MAX_NAME - 1).toWellFormed()}…` : name;
}
