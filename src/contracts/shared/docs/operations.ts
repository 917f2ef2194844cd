import type { OpenAPIObject } from '@nestjs/swagger';
import type { Access } from '../../../access/authorize.js';
import { COOKIE_USE, type CookieUse } from '../../../access/browser-session.js';
import { IDEMPOTENT } from '../../../access/idempotent.js';
import { RATE_LIMITED } from '../../../access/rate-limit.js';
import type { ErrorCode } from '../../../common/error-catalogue.js';

type PathItem = OpenAPIObject['paths'][string];
type OperationObject = NonNullable<PathItem['get']>;
export type SchemaObject = Exclude<
  NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string],
  { $ref: string }
>;

export interface DocumentedOperation {
  path: string;
  method: (typeof METHODS)[number];
  operation: OperationObject;
  access: Access | undefined;
  /** Whether a rate limit applies. */
  isRateLimited: boolean;
  /** Whether it accepts an `Idempotency-Key`. */
  isIdempotent: boolean;
  /** Whether its answer may come with a cookie, which only pages of certain origins get. */
  needsBrowser: boolean;
  /** The error codes that `@Operation` declares. */
  problems: readonly ErrorCode[];
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

/** Every operation, in the order of the document. */
export function operationsOf(document: OpenAPIObject): DocumentedOperation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    (Object.keys(item) as DocumentedOperation['method'][])
      .filter((method) => METHODS.includes(method))
      .map((method) => describe(path, method, item[method] as OperationObject)),
  );
}

function describe(
  path: string,
  method: DocumentedOperation['method'],
  operation: OperationObject,
): DocumentedOperation {
  const extensions = operation as {
    'x-access'?: Access;
    'x-problems'?: ErrorCode[];
    [COOKIE_USE]?: CookieUse;
  };
  return {
    path,
    method,
    operation,
    access: extensions['x-access'],
    isRateLimited: RATE_LIMITED in operation,
    isIdempotent: IDEMPOTENT in operation,
    needsBrowser: ![undefined, 'ends'].includes(extensions[COOKIE_USE]),
    problems: extensions['x-problems'] ?? [],
  };
}
