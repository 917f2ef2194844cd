import '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../common/app-error.js';

/** Of a response that says: not now. */
const RETRY_AFTER_SECONDS = 2;

/**
 * Answers 503 for a request that has no response after `seconds`, counted from its complete body. The work continues, and
 * its own time limits end it; its result is discarded. A response that has begun is not cut off: Fastify's
 * `handlerTimeout` would do that to exports.
 */
export function installRequestDeadline(fastify: FastifyInstance, seconds: number): void {
  const timers = new WeakMap<FastifyRequest, NodeJS.Timeout>();
  fastify.addHook('preValidation', (request, reply, done) => {
    const start = () => {
      if (reply.sent || reply.raw.destroyed) return;
      const timer = setTimeout(() => {
        void reply.send(new AppError('service_unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS }));
      }, seconds * 1000);
      timers.set(request, timer);
      reply.raw.once('close', () => clearTimeout(timer));
    };
    // The handler reads an upload itself; how long that may take, HTTP_REQUEST_SECONDS says
    if (request.isMultipart()) request.raw.once('end', start);
    else start();
    done();
  });
  fastify.addHook('onSend', (request, _reply, payload, done) => {
    clearTimeout(timers.get(request));
    done(null, payload);
  });
}
