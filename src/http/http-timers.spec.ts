import fastify from 'fastify';
import { loadConfig } from '../config/config.js';
import { httpTimers } from './http-timers.js';

describe('httpTimers', () => {
  const timersOf = (environment: NodeJS.ProcessEnv) => {
    const { server } = fastify(httpTimers(loadConfig(environment)));
    const { connectionsCheckingInterval } = server as unknown as { connectionsCheckingInterval: number };
    const { headersTimeout, requestTimeout, keepAliveTimeout } = server;
    return { headersTimeout, requestTimeout, keepAliveTimeout, connectionsCheckingInterval };
  };

  it('give the headers 10 s, a request 30 s and an idle connection 65 s, and look every second', () => {
    expect(timersOf({})).toEqual({
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: 1_000,
    });
  });

  it('are settings', () => {
    const given = { HTTP_HEADERS_SECONDS: '1', HTTP_REQUEST_SECONDS: '2', HTTP_KEEP_ALIVE_SECONDS: '3' };
    expect(timersOf(given)).toMatchObject({
      headersTimeout: 1_000,
      requestTimeout: 2_000,
      keepAliveTimeout: 3_000,
    });
  });
});
