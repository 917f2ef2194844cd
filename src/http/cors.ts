import type { IncomingHttpHeaders } from 'node:http';
import { browserOrigins } from '../access/browser-origin.js';
import { MODE_HEADER } from '../access/browser-session.js';
import type { Config } from '../config/config.js';

/** Beside the simple ones: credentials, and what tracing libraries add to every request. */
const REQUEST_HEADERS = [
  ...['authorization', 'content-type', 'x-api-key', 'idempotency-key', 'x-request-id'],
  ...['traceparent', 'tracestate', 'baggage', 'sentry-trace'],
];
const RESPONSE_HEADERS = [
  ...['retry-after', 'www-authenticate', 'content-disposition', 'x-request-id', 'idempotent-replayed'],
  ...['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'],
];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const MAX_AGE_SECONDS = 600;

type Headers = Record<string, string>;

/**
 * Lets pages of CORS_ORIGINS, and of no other origin, read the answers. A plugin would work in a hook, through which a
 * malformed URL does not come.
 */
export interface Cors {
  /** Of every answer to a request with these headers. */
  answerHeaders(request: IncomingHttpHeaders): Headers;
  /** Of the answer to a preflight, beside those; null if the request is none, or there is no list of origins. */
  preflightHeaders(method: string, request: IncomingHttpHeaders): Headers | null;
}

/**
 * Cookies are sent and set for the origins that may have browser sessions only: `Access-Control-Allow-Credentials` is for no
 * pattern.
 */
export function corsOf(config: Config): Cors {
  const withCookies = browserOrigins(config);
  const origins = config.CORS_ORIGINS.map(originPattern);
  const admits = (origin: string | undefined): origin is string =>
    origin !== undefined &&
    origins.some((one) => (one instanceof RegExp ? one.test(origin) : one === origin));
  const allowed = withCookies.size > 0 ? [...REQUEST_HEADERS, MODE_HEADER] : REQUEST_HEADERS;
  const preflight = {
    'access-control-allow-methods': METHODS.join(', '),
    'access-control-allow-headers': allowed.join(', '),
    'access-control-max-age': String(MAX_AGE_SECONDS),
  };
  return {
    answerHeaders: ({ origin }) =>
      admits(origin)
        ? {
            'access-control-allow-origin': origin,
            'access-control-expose-headers': RESPONSE_HEADERS.join(', '),
            ...(withCookies.has(origin) && { 'access-control-allow-credentials': 'true' }),
          }
        : {},
    preflightHeaders: (method, request) => {
      if (origins.length === 0 || !isPreflight(method, request)) return null;
      return admits(request.origin) ? preflight : {};
    },
  };
}

/** Fetch §3.3.2: other requests with OPTIONS ask what there is, whatever their origin. */
function isPreflight(method: string, headers: IncomingHttpHeaders): boolean {
  const { origin, 'access-control-request-method': requested } = headers;
  return method === 'OPTIONS' && origin !== undefined && requested !== undefined;
}

/** What the origin of a request is compared with: the text, or for one with `*` a pattern of one label. */
function originPattern(origin: string): string | RegExp {
  if (!origin.includes('*')) return origin;
  const [head = '', tail = ''] = origin.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${head}[a-z0-9-]+${tail}$`);
}
