import type { FastifyInstance } from 'fastify';
import { requestPath } from '../contracts/shared/request-path.js';
import type { RouteTable } from '../contracts/shared/route-table.js';

/** What this server has at some path: RFC 9110 §9.3.7 for `OPTIONS *`, by which load balancers look for life. */
const METHODS_ANYWHERE = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'];

/** RFC 9110 §9.3.7: a plain OPTIONS of an existing path lists its methods. A CORS preflight is answered elsewhere. */
export function installOptions(fastify: FastifyInstance, routes: RouteTable): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const isPreflight = request.headers['access-control-request-method'] !== undefined;
    const methodsAt = (target: string) =>
      target === '*' ? METHODS_ANYWHERE : routes.methodsAt(requestPath(target));
    const methods = request.method === 'OPTIONS' && !isPreflight ? methodsAt(request.url) : [];
    if (methods.length === 0) return done();
    void reply
      .header('allow', [...new Set([...methods, 'OPTIONS'])].sort().join(', '))
      .status(204)
      .send();
  });
}
