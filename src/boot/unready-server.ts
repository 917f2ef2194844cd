import { randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { Config } from '../config/config.js';

const UNREADY = {
  type: 'about:blank',
  title: 'Service Unavailable',
  status: 503,
  code: 'service_unavailable',
};
const RETRY_AFTER_SECONDS = 2;

/**
 * Answers for a server that waits for its schema: GET /health/live with 200, everything else with 503. Returns a function
 * that frees the port.
 */
export async function answerUnready({ HOST, PORT }: Config): Promise<() => Promise<void>> {
  const server = createServer((request, response) => {
    // A probe's connection must not keep the port
    response.setHeader('connection', 'close');
    response.setHeader('x-request-id', randomUUID());
    if (request.url === '/health/live') respond(response, 200, 'application/json', { status: 'ok' });
    else {
      response.setHeader('retry-after', RETRY_AFTER_SECONDS);
      respond(response, UNREADY.status, 'application/problem+json', UNREADY);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(PORT, HOST, resolve);
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
}

function respond(response: ServerResponse, status: number, type: string, body: object): void {
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
}
