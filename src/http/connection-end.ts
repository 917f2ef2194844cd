import type { FastifyInstance } from 'fastify';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { v7 as newId } from 'uuid';
import { AppError } from '../common/app-error.js';
import { ERROR_CATALOGUE } from '../common/error-catalogue.js';
import type { ErrorRenderer } from '../contracts/shared/contract.js';

/** While the server closes, every response ends its connection, so that keep-alive does not delay the exit. */
export function installGracefulClose(fastify: FastifyInstance): void {
  let isClosing = false;
  fastify.addHook('preClose', (done) => {
    isClosing = true;
    done();
  });
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (isClosing) void reply.header('connection', 'close');
    done(null, payload);
  });
}

/**
 * Answers a connection that sent no valid HTTP request, or none completely in time, and closes it. Its path is unknown,
 * so `renderer` determines the format.
 */
export function refuseConnection(
  renderer: ErrorRenderer,
  headers: Record<string, string>,
  cause: unknown,
  socket: Socket,
): void {
  if (!socket.writable) return;
  const isLate = (cause as { code?: unknown }).code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const error = new AppError(isLate ? 'request_timeout' : 'malformed_request');
  const { status, title } = ERROR_CATALOGUE[error.code];
  const body = JSON.stringify(renderer.render({ error, status, title, requestId: newId() }));
  const head = Object.entries({
    ...headers,
    'content-type': `${renderer.mediaType}; charset=utf-8`,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...head, '', body].join('\r\n'));
}
