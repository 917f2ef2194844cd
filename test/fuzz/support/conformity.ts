import { ERROR_CATALOGUE, type ErrorCode } from '../../../src/common/error-catalogue.js';
import { findSchemaFaults } from '../../support/conforms.js';
import { BEFORE_ANY_OPERATION, findSuccessFaults } from '../../support/documented-answers.js';
import { CONTRACTS, dialectAt, dialectOf, findOperation, type Found } from '../../support/documents.js';
import type { WireRequest } from './requests.js';
import type { FuzzReply } from './sender.js';

const GENERAL = [400, 401, 403, 404, 405, 413, 415, 429, 431];

const HEADERS: Record<string, RegExp> = {
  'strict-transport-security': /max-age/,
  'x-content-type-options': /^nosniff$/,
  'content-security-policy': /default-src 'none'/,
  'referrer-policy': /^no-referrer$/,
};

/** The faults of a response that do not depend on the caller. */
export function findAnswerFaults(request: WireRequest, reply: FuzzReply): string[] {
  const { status, headers } = reply;
  if (status >= 500) return [`the status is ${status}`];
  const missing = Object.entries(HEADERS).filter(([name, form]) => !form.test(headers[name] ?? ''));
  const faults = missing.map(([name]) => `the header ${name} is ${headers[name]}`);
  if (request.method === 'HEAD') return faults;
  // RFC 9110 §9.3.7: no document has it, every existing path answers it
  if (request.method === 'OPTIONS' && status === 204) {
    return /\bOPTIONS\b/.test(headers.allow ?? '') ? faults : [...faults, 'OPTIONS without Allow'];
  }
  const found = operationOf(request);
  return [
    ...faults,
    ...(status < 400 ? findSuccess(request, found, reply) : findRefusalFaults(found, reply)),
  ];
}

/**
 * Gateways put `/auth/verify` before the path of the request they ask about, and keep its method: docs/product-services.md.
 * Denials are those of `GET /auth/verify`; success is 200, because Envoy takes 204 for a denial.
 */
const BELOW_VERIFY = /^((?:\/v1)?\/auth\/verify)\//;

function operationOf({ method, path }: WireRequest): Found | null {
  const [, verify] = BELOW_VERIFY.exec(path) ?? [];
  return verify === undefined ? findOperation(method, path) : findOperation('GET', verify);
}

function findSuccess({ method, path }: WireRequest, found: Found | null, reply: FuzzReply): string[] {
  if (!found) return [`${reply.status} at a path that is not documented`];
  if (BELOW_VERIFY.test(path))
    return reply.status === 200 && reply.text === '' ? [] : [`${reply.status} to a gateway: ${reply.text}`];
  const type = reply.headers['content-type'] ?? '';
  return findSuccessFaults(found, { method, path, status: reply.status, type, text: reply.text });
}

/** Those of the contracts, and of each operation that has its own. */
const ALL_DIALECTS = CONTRACTS.flatMap((contract) => [
  dialectOf(contract),
  ...contract.operations
    .map((operation) => dialectAt({ contract, operation }))
    .filter(({ mediaType }) => mediaType !== dialectOf(contract).mediaType),
]);

function findRefusalFaults(found: Found | null, { status, headers, text }: FuzzReply): string[] {
  const sent = headers['content-type']?.split(';')[0];
  const dialects = (found ? [dialectAt(found)] : ALL_DIALECTS).filter(({ mediaType }) => mediaType === sent);
  // Bytes that are not an HTTP request have no path, and so no contract
  const spoken =
    headers.connection === 'close' ? ALL_DIALECTS.filter(({ mediaType }) => mediaType === sent) : dialects;
  if (spoken.length === 0) return [`an error response of the media type ${sent}`];
  const body = JSON.parse(text) as { code?: string; status?: number; errors?: { code: string }[] | null };
  const faultsBySchema = spoken.map(({ contract, schema }) =>
    findSchemaFaults(contract.document.components.schemas, schema, body),
  );
  const faults = faultsBySchema.find((one) => one.length === 0) ?? faultsBySchema.flat();
  const code = body.code ?? body.errors?.[0]?.code ?? '';
  return [...faults, ...findCodeFaults(found, code, status), ...findHeaderFaults(status, headers)];
}

function findCodeFaults(found: Found | null, code: string, status: number): string[] {
  if (BEFORE_ANY_OPERATION.includes(code))
    return GENERAL.includes(status) ? [] : [`${code} with the status ${status}`];
  if (!found) return [`${code} at a path that is not documented`];
  if (found.contract.name === 'katixo' && !(code in ERROR_CATALOGUE)) return isDocumented(found, status);
  if (!found.operation['x-problems'].includes(code)) return [`the problem ${code} is not documented`];
  return ERROR_CATALOGUE[code as ErrorCode].status === status ? [] : [`${code} with the status ${status}`];
}

/** Within the envelope a field may describe its error in words of its own. */
const isDocumented = ({ operation }: Found, status: number): string[] =>
  String(status) in operation.responses ? [] : [`the status ${status} is not documented`];

function findHeaderFaults(status: number, headers: FuzzReply['headers']): string[] {
  // Basic: of a service account that is unknown (RFC 6749 §5.2)
  if (status === 401 && !/^(Bearer|Basic)\b/.test(headers['www-authenticate'] ?? ''))
    return ['401 without WWW-Authenticate'];
  if (status === 429 && !/^[1-9]\d*$/.test(headers['retry-after'] ?? '')) return ['429 without Retry-After'];
  return status === 405 && !headers.allow ? ['405 without Allow'] : [];
}
