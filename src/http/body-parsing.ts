import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../common/app-error.js';
import { isStorable, parseJsonBody } from './json-body.js';

type Texts = Record<string, string | string[]> | undefined;

/** JSON in UTF-8 and nothing else, but for handlers that say they take a multipart upload. */
export function installBodyParsing(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, parseJsonBody(body.toString()));
    } catch (error) {
      done(error as Error, undefined);
    }
  });
  fastify.addHook('onRequest', async (request) => {
    refuseForeignBodies(request);
    refuseUnstorableText(request);
  });
}

function refuseForeignBodies(request: FastifyRequest): void {
  const type = request.headers['content-type'];
  const { consumes } = request.routeOptions.config as { consumes?: string };
  const isForeign =
    (type?.toLowerCase().startsWith('multipart/') && consumes !== 'multipart/form-data') ||
    /charset=(?!"?utf-8)/i.test(type ?? '') ||
    // A compressed body would have to be unpacked before its size is known
    !['identity', undefined].includes(request.headers['content-encoding']?.toLowerCase());
  if (isForeign) throw new AppError('unsupported_media_type', { detail: 'Send application/json in UTF-8.' });
}

function refuseUnstorableText(request: FastifyRequest): void {
  const { params, query } = request as { params: Texts; query: Texts };
  if (
    [params, query].some((part) =>
      Object.values(part ?? {})
        .flat()
        .some((text) => !isStorable(text)),
    )
  ) {
    throw new AppError('malformed_request', { detail: 'Texts must be well-formed Unicode without NUL.' });
  }
}
