import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Log } from '../common/log.js';

/**
 * Disconnects a client that reads nothing of a streamed response for `stallSeconds`: it would delay the exit and occupy
 * the source. Logs a response that was cut off, since the request log reports it like a complete one.
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
