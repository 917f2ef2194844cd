import type { FastifyInstance } from 'fastify';
import type { Config } from '../config/config.js';
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

export function installHeaders(fastify: FastifyInstance, config: Config): void {
  const headers = securityHeaders(config);
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers(headers).header('x-request-id', callersRequestId(request) ?? request.id);
    // Headers that a handler declares for each of its responses, errors included
    const { presetHeaders } = request.routeOptions.config as { presetHeaders?: Record<string, string> };
    if (presetHeaders) void reply.headers(presetHeaders);
    done();
  });
}

/** What the origin of a request is compared with: the text, or for one with `*` a pattern of one label. */
export function originPattern(origin: string): string | RegExp {
  if (!origin.includes('*')) return origin;
  const [head = '', tail = ''] = origin.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${head}[a-z0-9-]+${tail}$`);
}
