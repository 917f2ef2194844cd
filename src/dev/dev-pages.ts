import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { DevelopmentHostGuard } from '../access/development-host.guard.js';
import type { Config } from '../config/config.js';

/** Path → file. Links in messages open the pages at the root while APP_URL names no application. */
export const DEV_PAGES = {
  '/dev/inbox': 'inbox.html',
  '/accept-invitation': 'accept-invitation.html',
  '/reset-password': 'reset-password.html',
  '/restore-account': 'restore-account.html',
  '/revert-email-change': 'revert-email-change.html',
  '/verify-email': 'verify-email.html',
};

const POLICY = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self'`,
  `connect-src 'self'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ');

/** The preview of an e-mail, a sandboxed srcdoc frame, inherits the policy of its page and has inline styles. */
const INBOX_POLICY = POLICY.replace(`style-src 'self'`, `style-src 'self' 'unsafe-inline'`);

/** Serves the pages, and their scripts and styles below `/dev/browser`, to requests that `DevelopmentHostGuard` admits. */
export async function serveDevPages(fastify: FastifyInstance, config: Config): Promise<void> {
  const guard = new DevelopmentHostGuard(config);
  fastify.addHook('onRequest', async (request) => guard.assertOwnHost(request));
  await fastify.register(fastifyStatic, {
    root: join(import.meta.dirname, 'browser'),
    prefix: '/dev/browser/',
    wildcard: false,
    globIgnore: ['*.html', '*.map'],
    index: false,
    cacheControl: false,
  });
  for (const [path, file] of Object.entries(DEV_PAGES)) {
    fastify.get(path, (_request, reply) =>
      reply.header('content-security-policy', path === '/dev/inbox' ? INBOX_POLICY : POLICY).sendFile(file),
    );
  }
}
