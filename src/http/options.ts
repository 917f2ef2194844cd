import type { FastifyInstance } from 'fastify';
import { requestPath } from '../contracts/shared/request-path.js';
import type { RouteTable } from '../contracts/shared/route-table.js';
import type { Cors } from './cors.js';

/** What this server has at some path: RFC 9110 §9.3.7 for `OPTIONS *`, by which load balancers look for life. */
const METHODS_ANYWHERE = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'];

/**
 * Answers preflights, and as RFC 9110 §9.3.7 says every other OPTIONS of an existing path: with its methods. The rest goes to
 * the handlers, which answer some paths at any method.
 */
export function installOptions(fastify: FastifyInstance, routes: RouteTable, cors: Cors): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const preflight = cors.preflightHeaders(request.method, request.headers);
    if (preflight) return void reply.headers(preflight).status(204).send();
    const methodsAt = (target: string) =>
      target === '*' ? METHODS_ANYWHERE : routes.methodsAt(requestPath(target));
    const methods = request.method === 'OPTIONS' ? methodsAt(request.url) : [];
    if (methods.length === 0) return done();
    void reply
      .header('allow', [...new Set([...methods, 'OPTIONS'])].sort().join(', '))
      .status(204)
      .send();
  });
}
