import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Trusted Types: beside the library, whose templates are constants, no script can turn a text into markup. */
const POLICY = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self'`,
  `img-src 'self'`,
  `connect-src 'self'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
  `require-trusted-types-for 'script'`,
  `trusted-types lit-html`,
].join('; ');

/**
 * Serves the console at `/console` below the contract, and its files below that. They are the same for everybody, and hold
 * no secret: what the page shows it reads from the contract.
 */
export async function serveConsole(fastify: FastifyInstance): Promise<void> {
  fastify.addHook('onRequest', async (_request, reply) => {
    void reply.headers({
      'content-security-policy': POLICY,
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
  });
  await fastify.register(fastifyStatic, {
    root: join(import.meta.dirname, 'browser'),
    prefix: '/console/',
    wildcard: false,
    globIgnore: ['*.html', '**/*.map'],
    index: false,
    cacheControl: false,
  });
  fastify.get('/console', (_request, reply) => reply.sendFile('console.html'));
  // Its addresses are relative, so that it also works behind a proxy that serves it below a path
  fastify.get('/console/', (_request, reply) => reply.redirect('../console', 308));
}
