import type { FastifyInstance } from 'fastify';
import { AppError } from '../common/app-error.js';

/**
 * RFC 9112 §3.2: a request with several Host fields is refused, and one of HTTP/1.1 without any. Of several, Node takes the first
 * and a proxy perhaps the last, so that the two would disagree about who is asked. Node itself refuses none without a problem.
 */
export function installOneHost(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ({ raw }, _reply, done) => {
    const hosts = raw.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
    done(
      hosts.length > 1 || (hosts.length === 0 && raw.httpVersion === '1.1')
        ? new AppError('malformed_request', { detail: 'Send one Host header.' })
        : undefined,
    );
  });
}
