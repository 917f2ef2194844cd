import '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../common/app-error.js';

/** Of a response that says: not now. */
const RETRY_AFTER_SECONDS = 2;

/**
 * Answers 503 for a request that has no response after `seconds`, counted from its complete body. The work continues, and
 * its own time limits end it; its result is discarded. An upload has this time until the handler begins to read it, and
 * once more from its end: how long it may take to arrive, HTTP_REQUEST_SECONDS says. A response that has begun is not cut
 * off: Fastify's `handlerTimeout` would do that to exports.
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
    start();
    // Guards run before the handler, which reads it
    if (request.isMultipart()) {
      request.raw.once('resume', () => clearTimeout(timers.get(request)));
      request.raw.once('end', start);
    }
    done();
  });
  fastify.addHook('onSend', (request, _reply, payload, done) => {
    clearTimeout(timers.get(request));
    done(null, payload);
  });
}
