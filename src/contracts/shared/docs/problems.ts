import type { OpenAPIObject } from '@nestjs/swagger';
import {
  type Access,
  admitsEnrolling,
  admitsImpersonation,
  admitsKeys,
  admitsServices,
} from '../../../access/authorize.js';
import { COOKIE_USE } from '../../../access/browser-session.js';
import { IDEMPOTENT } from '../../../access/idempotent.js';
import { RATE_LIMITED } from '../../../access/rate-limit.js';
import { AppError, type AppErrorOptions } from '../../../common/app-error.js';
import { ERROR_CATALOGUE, type ErrorCode } from '../../../common/error-catalogue.js';
import { REACHING_OTHERS } from '../../../common/permissions.js';
import { IDEMPOTENCY_PROBLEMS } from '../../../modules/idempotency/idempotency.errors.js';
import type { ErrorRenderer } from '../contract.js';
import { type DocumentedOperation, operationsOf } from './operations.js';

type Responses = DocumentedOperation['operation']['responses'];

const ANY: ErrorCode[] = ['malformed_request', 'internal_error', 'service_unavailable'];
const WITH_JSON: ErrorCode[] = ['malformed_json', 'body_too_large', 'unsupported_media_type'];
const KEY_REFUSED: ErrorCode[] = ['api_key_invalid', 'api_key_not_allowed'];
const REFUSED: ErrorCode[] = [
  'access_token_invalid',
  ...KEY_REFUSED,
  'two_factor_enrolment_required',
  'impersonation_not_allowed',
];
const SIGNED_IN: ErrorCode[] = ['authentication_required', ...REFUSED];
const BY_ACCESS: Record<Access['kind'], ErrorCode[]> = {
  public: [],
  // A credential that is not valid is ignored, a valid one of the wrong kind is not
  optional: ['api_key_not_allowed', 'impersonation_not_allowed'],
  'signed-in': SIGNED_IN,
  operator: ['authentication_required', 'access_token_invalid'],
  permission: [...SIGNED_IN, 'permission_missing', 'no_active_tenant'],
};

const SAMPLES: Partial<Record<ErrorCode, AppErrorOptions>> = {
  validation_failed: {
    errors: [{ pointer: '#/email', code: 'is_email', detail: 'must be an e-mail address' }],
  },
};
const REQUEST_ID = '01988b6e-7c1f-7000-8000-000000000000';

const HEADERS: Record<number, Record<string, { description: string; schema: { type: string } }>> = {
  401: { 'WWW-Authenticate': { description: 'RFC 9110 §11.6.1', schema: { type: 'string' } } },
  429: { 'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer' } } },
};

/**
 * Documents every error of every operation, both those it declares and those that follow from its access and input: one
 * response for each status, one example for each code, and the list of codes as `x-problems`.
 */
export function addProblems(document: OpenAPIObject, rendererAt: (path: string) => ErrorRenderer): void {
  const examples: Record<string, object> = {};
  for (const documented of operationsOf(document)) {
    const codes = codesOf(documented);
    const renderer = rendererAt(documented.path);
    for (const code of codes) examples[exampleName(code, renderer)] = example(code, renderer);
    const statuses = new Set(codes.map(statusOf));
    const responses = [...statuses].map((status) => [
      status,
      response(
        codes.filter((code) => statusOf(code) === status),
        status,
        renderer,
      ),
    ]);
    documented.operation.responses = {
      ...documented.operation.responses,
      ...(Object.fromEntries(responses) as Responses),
    };
    Object.assign(documented.operation, { 'x-problems': codes });
    for (const mark of [RATE_LIMITED, IDEMPOTENT, COOKIE_USE])
      Reflect.deleteProperty(documented.operation, mark);
  }
  document.components = {
    ...document.components,
    examples: Object.fromEntries(Object.entries(examples).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function codesOf(documented: DocumentedOperation): ErrorCode[] {
  const { operation, access, isRateLimited, isIdempotent, needsBrowser, problems } = documented;
  const body = operation.requestBody;
  const takesJson = body !== undefined && 'content' in body && 'application/json' in body.content;
  const takesInput = body !== undefined || (operation.parameters ?? []).length > 0;
  const codes: ErrorCode[] = [
    ...(takesInput ? (['validation_failed'] as const) : []),
    ...problems,
    ...(isRateLimited ? (['rate_limit_exceeded'] as const) : []),
    ...(isIdempotent ? IDEMPOTENCY_PROBLEMS : []),
    ...(needsBrowser ? (['browser_session_refused'] as const) : []),
    ...(access ? codesOfAccess(access) : []),
    ...(takesJson ? WITH_JSON : []),
    ...(body !== undefined && !takesJson ? (['unsupported_media_type'] as const) : []),
    ...ANY,
  ];
  return [...new Set(codes)].sort((a, b) => statusOf(a) - statusOf(b));
}

function codesOfAccess(access: Access): ErrorCode[] {
  const codes = BY_ACCESS[access.kind];
  const clients: ErrorCode[] = admitsServices(access) ? ['invalid_client', 'too_many_attempts'] : [];
  const levelled: ErrorCode[] = 'level' in access ? ['role_level_exceeded'] : [];
  const reaching: ErrorCode[] =
    'permission' in access && REACHING_OTHERS.has(access.permission) ? ['identifier_unverified'] : [];
  return [...codes, ...clients, ...levelled, ...reaching].filter(
    (code) =>
      !(code === 'api_key_not_allowed' && admitsKeys(access)) &&
      !(code === 'impersonation_not_allowed' && admitsImpersonation(access, 'read')) &&
      !(code === 'two_factor_enrolment_required' && admitsEnrolling(access)),
  );
}

function response(codes: ErrorCode[], status: number, renderer: ErrorRenderer) {
  const examples = codes.map(
    (code) => [code, { $ref: `#/components/examples/${exampleName(code, renderer)}` }] as const,
  );
  return {
    description: codes.map((code) => `- \`${code}\`: ${ERROR_CATALOGUE[code].title}`).join('\n'),
    ...(HEADERS[status] && { headers: HEADERS[status] }),
    content: {
      [renderer.mediaType]: {
        schema: {
          allOf: [
            { $ref: `#/components/schemas/${renderer.schema.name}` },
            renderer.narrow(codes),
          ] as object[],
        },
        examples: Object.fromEntries(examples),
      },
    },
  };
}

/** The examples of the contract’s own format have the names of the codes. */
const exampleName = (code: ErrorCode, { exampleSuffix = '' }: ErrorRenderer): string =>
  `${code}${exampleSuffix}`;

function example(code: ErrorCode, renderer: ErrorRenderer) {
  const { status, title } = ERROR_CATALOGUE[code];
  const error = new AppError(code, SAMPLES[code]);
  return { summary: title, value: renderer.render({ error, status, title, requestId: REQUEST_ID }) };
}

function statusOf(code: ErrorCode): number {
  return ERROR_CATALOGUE[code].status;
}
