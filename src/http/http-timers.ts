import type { Server } from 'node:http';
import type { FastifyHttpOptions } from 'fastify';
import type { Config } from '../config/config.js';

type Timers = Pick<FastifyHttpOptions<Server>, 'requestTimeout' | 'keepAliveTimeout' | 'http'>;

/** How often Node checks for late connections. Its default of 30 s would exceed the limit for the headers. */
const CHECK_MS = 1_000;

/** Ends connections that send too slowly, or nothing. */
export function httpTimers(config: Config): Timers {
  return {
    requestTimeout: config.HTTP_REQUEST_SECONDS * 1000,
    keepAliveTimeout: config.HTTP_KEEP_ALIVE_SECONDS * 1000,
    http: {
      headersTimeout: config.HTTP_HEADERS_SECONDS * 1000,
      requestTimeout: config.HTTP_REQUEST_SECONDS * 1000,
      connectionsCheckingInterval: CHECK_MS,
    },
  };
}
