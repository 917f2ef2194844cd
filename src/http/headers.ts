import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.js';
import type { Cors } from './cors.js';
import { callersRequestId } from './request-id.js';

/** OWASP REST Security: set on every response; a page overrides them where it must. */
const HEADERS = {
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

export function securityHeaders(config: Config): Record<string, string> {
  return config.CORS_ORIGINS.length > 0 ? { ...HEADERS, vary: 'Origin' } : HEADERS;
}

/** The headers of every answer that has a request: also where no hook runs, as for a malformed URL. */
export type AnswerHeaders = (request: FastifyRequest) => Record<string, string>;

export function answerHeaders(config: Config, cors: Cors): AnswerHeaders {
  const headers = securityHeaders(config);
  return (request) => ({
    ...headers,
    ...cors.answerHeaders(request.headers),
    'x-request-id': callersRequestId(request) ?? request.id,
  });
}

/** Before every hook that may answer: a browser shows a page nothing of an answer without the headers of CORS. */
export function installHeaders(fastify: FastifyInstance, headersOf: AnswerHeaders): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers(headersOf(request));
    // Headers that a handler declares for each of its responses, errors included
    const { presetHeaders } = request.routeOptions.config as { presetHeaders?: Record<string, string> };
    if (presetHeaders) void reply.headers(presetHeaders);
    done();
  });
}
