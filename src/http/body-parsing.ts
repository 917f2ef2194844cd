import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../common/app-error.js';
import { FORM } from '../contracts/shared/form.js';
import { MULTIPART } from '../contracts/shared/multipart.js';
import { parseFormBody } from './form-body.js';
import { isStorable, parseJsonBody } from './json-body.js';

type Texts = Record<string, string | string[]> | undefined;

/** Accepts JSON in UTF-8 only, except in handlers that declare a form or a multipart upload. */
export function installBodyParsing(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  installParser(fastify, 'application/json', parseJsonBody);
  installParser(fastify, FORM.consumes, parseFormBody);
  fastify.addHook('onRequest', async (request) => {
    refuseForeignBodies(request);
    refuseUnstorableText(request);
  });
}

function installParser(fastify: FastifyInstance, type: string, parse: (text: string) => unknown): void {
  fastify.addContentTypeParser(type, { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, parse(body.toString()));
    } catch (error) {
      done(error as Error, undefined);
    }
  });
}

function refuseForeignBodies(request: FastifyRequest): void {
  // Their bodies are ignored: a gateway that checks an upload passes its headers on
  if (['GET', 'HEAD'].includes(request.method)) return;
  const type = request.headers['content-type']?.toLowerCase() ?? '';
  const { consumes } = request.routeOptions.config as { consumes?: string };
  const isForeign =
    (type.startsWith('multipart/') && consumes !== MULTIPART.consumes) ||
    (type.startsWith(FORM.consumes) && consumes !== FORM.consumes && !request.is404) ||
    /charset=(?!"?utf-8)/.test(type) ||
    // The size of a compressed body is unknown until it is unpacked
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
