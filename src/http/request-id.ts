import type { FastifyRequest } from 'fastify';

/** The characters of UUIDs, ULIDs, trace ids and the ids that proxies make. */
const ACCEPTED = /^[A-Za-z0-9._-]{1,128}$/;

/** The id that the caller gave the request; null if there is none, or one that is not echoed and logged. */
export function callersRequestId({ headers }: Pick<FastifyRequest, 'headers'>): string | null {
  const { 'x-request-id': id } = headers;
  return typeof id === 'string' && ACCEPTED.test(id) ? id : null;
}
