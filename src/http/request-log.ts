import type { FastifyInstance } from 'fastify';
import { type AccessRequest, addressOf, describeCaller } from '../access/request.js';
import type { Log } from '../common/log.js';
import { callersRequestId } from './request-id.js';

/** One line for each request. It names the route, never the requested URL, which may contain a secret. */
export function installRequestLog(fastify: FastifyInstance, log: Log): void {
  fastify.addHook('onResponse', (request: AccessRequest, reply, done) => {
    log.write('info', 'request', {
      requestId: request.id,
      ...nameCallersId(request),
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      address: addressOf(request),
      ...describeCaller(request),
    });
    done();
  });
}

/** Beside the server's own id, which alone is in audit events: another request may carry the caller's, too. */
function nameCallersId(request: AccessRequest): { callerRequestId?: string } {
  const callerRequestId = callersRequestId(request);
  return callerRequestId === null ? {} : { callerRequestId };
}
