import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { v7 as newId } from 'uuid';
import { AppError } from '../common/app-error.js';
import { ERROR_CATALOGUE, type ErrorCode } from '../common/error-catalogue.js';
import type { ErrorRenderer } from '../contracts/shared/contract.js';

/**
 * While the server drains or closes, every response ends its connection. When it closes, connections without a request in
 * hand end at once, also those that have sent nothing or part of a header; the others when they are answered, at the
 * latest after `seconds`.
 */
export function installGracefulClose(
  fastify: FastifyInstance,
  isDraining: () => boolean,
  seconds: number,
): void {
  let isClosing = false;
  /** The connections, each with the number of its requests that have no complete response. */
  const open = new Map<Socket, number>();
  const change = (socket: Socket, by: number) => {
    const running = open.get(socket);
    if (running !== undefined) open.set(socket, running + by);
  };
  fastify.server.on('connection', (socket) => {
    open.set(socket, 0);
    socket.once('close', () => open.delete(socket));
  });
  fastify.server.on('request', ({ socket }, response) => {
    change(socket, 1);
    response.once('close', () => change(socket, -1));
  });
  fastify.addHook('preClose', (done) => {
    isClosing = true;
    for (const [socket, running] of open) if (running === 0) socket.destroy();
    setTimeout(() => fastify.server.closeAllConnections(), seconds * 1000).unref();
    done();
  });
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (isClosing || isDraining()) void reply.header('connection', 'close');
    done(null, payload);
  });
}

/** What Node reports of a connection, by its code. */
const CONNECTION_ERRORS: Record<string, ErrorCode> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  HPE_HEADER_OVERFLOW: 'headers_too_large',
};

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
  const { code } = cause as { code?: string };
  const error = new AppError(CONNECTION_ERRORS[code ?? ''] ?? 'malformed_request');
  const { status, title } = ERROR_CATALOGUE[error.code];
  const requestId = newId();
  const body = JSON.stringify(renderer.render({ error, status, title, requestId }));
  const head = Object.entries({
    ...headers,
    'x-request-id': requestId,
    'content-type': `${renderer.mediaType}; charset=utf-8`,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...head, '', body].join('\r\n'));
}
