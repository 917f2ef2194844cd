import { isUtf8 as isUtf8Text } from 'node:buffer';
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../common/app-error.js';
import { FORM } from '../contracts/shared/form.js';
import { MULTIPART } from '../contracts/shared/multipart.js';
import { assertBounded, assertStorable } from './body-bounds.js';
import { isUtf8 } from './charset.js';

type Texts = Record<string, string | string[]> | undefined;

/**
 * Accepts JSON in UTF-8 only, except in handlers that declare a form or a multipart upload. Every body is within the
 * bounds of `assertBounded` before a handler or guard reads it.
 */
export function installBodyParsing(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    // Decoded regardless, different passwords would be one, and names would lose letters (RFC 8259 §8.1)
    if (!isUtf8Text(bytes)) return done(new AppError('malformed_json', { detail: 'Send it in UTF-8.' }));
    const text = bytes.toString();
    if (text.trim() === '') return done(null, undefined);
    void parseJson(request, text, (cause, body) => {
      // Nest would wrap Fastify's error, and with it lose its code
      done(cause && new AppError('malformed_json', { cause }), body);
    });
  });
  void fastify.register(formbody);
  fastify.addHook('onRequest', (request, _reply, done) => {
    refuseForeignBodies(request);
    refuseUnstorableText(request);
    done();
  });
  fastify.addHook('preValidation', (request, _reply, done) => {
    if (isForm(request)) assertSingleFields(request.body);
    assertBounded(request.body);
    done();
  });
}

const typeOf = ({ headers }: FastifyRequest): string => headers['content-type']?.toLowerCase() ?? '';
const isForm = (request: FastifyRequest): boolean => typeOf(request).startsWith(FORM.consumes);

function refuseForeignBodies(request: FastifyRequest): void {
  // Their bodies are ignored: a gateway that checks an upload passes its headers on
  if (['GET', 'HEAD'].includes(request.method)) return;
  const { ignoresBody } = request.routeOptions.config as { ignoresBody?: boolean };
  if (ignoresBody) {
    delete request.headers['content-type'];
    request.headers['content-length'] = '0';
    delete request.headers['transfer-encoding'];
    return;
  }
  const type = typeOf(request);
  const { consumes, isFormOnly } = request.routeOptions.config as { consumes?: string; isFormOnly?: boolean };
  if (isFormOnly && !isForm(request)) {
    throw new AppError('unsupported_media_type', { detail: `Send ${FORM.consumes}.` });
  }
  const isForeign =
    (type.startsWith('multipart/') && consumes !== MULTIPART.consumes) ||
    (isForm(request) && consumes !== FORM.consumes && !request.is404) ||
    !isUtf8(type) ||
    // The size of a compressed body is unknown until it is unpacked
    !['identity', undefined].includes(request.headers['content-encoding']?.toLowerCase());
  if (isForeign) {
    const detail = `Send ${consumes ?? 'application/json'} in UTF-8.`;
    throw new AppError('unsupported_media_type', { detail });
  }
}

function refuseUnstorableText(request: FastifyRequest): void {
  const { params, query } = request as { params: Texts; query: Texts };
  for (const part of [params, query])
    for (const name in part) [part[name] ?? ''].flat().forEach(assertStorable);
}

/** RFC 6749 §3.2: a repeated name is refused, and so is `__proto__`, as in JSON. */
function assertSingleFields(form: unknown): void {
  const fields = Object.entries(form ?? {});
  if (fields.some(([, value]) => Array.isArray(value))) {
    throw new AppError('malformed_request', { detail: 'Send each field once.' });
  }
  if (fields.some(([name]) => name === '__proto__')) throw new AppError('malformed_json');
}
