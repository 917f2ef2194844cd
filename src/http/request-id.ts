import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What proxies and tracing libraries use: no text that could imitate another field of a log line. */
const USABLE = /^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$/;

/**
 * The id under which the request is in logs, audit events and error responses, and which `X-Request-Id` of the response
 * repeats: that of the request's `X-Request-Id`, so that one id follows a call through several services, or a new one. It
 * is chosen by the client and proves nothing.
 */
export function requestIdOf({ headers }: { headers: IncomingHttpHeaders }): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && USABLE.test(given) ? given : randomUUID();
}
