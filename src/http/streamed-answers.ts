import type { FastifyInstance } from 'fastify';
import { Readable } from 'node:stream';
import type { Log } from '../common/log.js';

/**
 * Cuts off whoever takes nothing of a streamed answer for so long: they would hold up the exit, and what it reads
 * from. An answer that did not reach its end is in the log, which the request's own line would not be.
 */
export function installStreamedAnswers(fastify: FastifyInstance, log: Log, stallSeconds: number): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (payload instanceof Readable) {
      reply.raw.setTimeout(stallSeconds * 1000, () => reply.raw.destroy());
      payload.once('close', () => {
        if (payload.readableEnded) return;
        log.write('info', 'answer cut off', { requestId: request.id, route: request.routeOptions.url });
      });
    }
    done(null, payload);
  });
}
