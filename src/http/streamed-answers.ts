import type { FastifyInstance } from 'fastify';
import { Readable } from 'node:stream';
import type { Log } from '../common/log.js';

const STALL_MS = 60_000;

/**
 * Cuts off whoever takes nothing of a streamed answer for a minute: they would hold up the exit, and what it reads
 * from. An answer that did not reach its end is in the log, which the request's own line would not be.
 */
export function installStreamedAnswers(fastify: FastifyInstance, log: Log): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (payload instanceof Readable) {
      reply.raw.setTimeout(STALL_MS, () => reply.raw.destroy());
      payload.once('close', () => {
        if (payload.readableEnded) return;
        log.write('info', 'answer cut off', { requestId: request.id, route: request.routeOptions.url });
      });
    }
    done(null, payload);
  });
}
