import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../modules/metrics/metrics.js';
import { METHODS } from './methods.js';

/** Counts every response by the route's pattern; requests that match no route share one label. */
export function installRequestMetrics(fastify: FastifyInstance, metrics: Metrics): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    metrics.observeRequest({
      method: METHODS.has(request.method) ? request.method : 'other',
      route: request.routeOptions.url ?? 'unknown',
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1000,
    });
    done();
  });
}
