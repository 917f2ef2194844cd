import type { FastifyInstance } from 'fastify';
import type { AccessRequest } from '../access/request.js';
import type { Caller } from '../common/actor.js';
import type { Log } from '../common/log.js';

/** One line a request. The route, never the address that was typed: that may hold a secret. */
export function installRequestLog(fastify: FastifyInstance, log: Log): void {
  fastify.addHook('onResponse', async (request: AccessRequest, reply) => {
    log.write('info', 'request', {
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      address: request.ip,
      ...(request.caller && describeCaller(request.caller)),
    });
  });
}

function describeCaller(caller: Caller) {
  const { userId } = caller;
  if (caller.kind === 'api-key') {
    return { userId, apiKeyId: caller.key.id, tenantId: caller.membership.tenant.id };
  }
  return { userId, sessionId: caller.session.sessionId, tenantId: caller.session.membership?.tenant.id };
}
