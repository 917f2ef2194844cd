import type { FastifyCorsOptions, FastifyCorsOptionsDelegateCallback } from '@fastify/cors';
import { browserOrigins } from '../access/browser-origin.js';
import { MODE_HEADER } from '../access/browser-session.js';
import type { Config } from '../config/config.js';
import { originPattern } from './headers.js';

/** Beside the simple ones: credentials, and what tracing libraries add to every request. */
const REQUEST_HEADERS = [
  ...['authorization', 'content-type', 'x-api-key', 'idempotency-key', 'x-request-id'],
  ...['traceparent', 'tracestate', 'baggage', 'sentry-trace'],
];
const RESPONSE_HEADERS = [
  ...['retry-after', 'www-authenticate', 'content-disposition', 'x-request-id', 'idempotent-replayed'],
  ...['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'],
];

/**
 * Lets pages of CORS_ORIGINS read the answers. Cookies are sent and set for the origins that may have browser sessions
 * only: `Access-Control-Allow-Credentials` is for no pattern.
 */
export function corsOptions(config: Config): FastifyCorsOptionsDelegateCallback {
  const withCookies = browserOrigins(config);
  const options: FastifyCorsOptions = {
    origin: config.CORS_ORIGINS.map(originPattern),
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: withCookies.size > 0 ? [...REQUEST_HEADERS, MODE_HEADER] : REQUEST_HEADERS,
    exposedHeaders: RESPONSE_HEADERS,
    maxAge: 600,
  };
  return ({ headers }, done) => {
    done(null, { ...options, credentials: withCookies.has(headers.origin ?? '') });
  };
}
