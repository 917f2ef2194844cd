import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  trace,
} from '@opentelemetry/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { fail, tracer } from '../common/tracing.js';
import { METHODS } from './methods.js';
import { callersRequestId } from './request-id.js';

/**
 * A span for every request, which continues the trace of its `traceparent` (W3C Trace Context). It names the route, never
 * the requested URL, headers or body, and nobody who called.
 */
export function installRequestTracing(fastify: FastifyInstance): void {
  const contexts = new WeakMap<FastifyRequest, Context>();
  fastify.addHook('onRequest', (request, reply, done) => {
    const parent = propagation.extract(ROOT_CONTEXT, request.headers);
    const span = startSpan(request, parent);
    const own = trace.setSpan(parent, span);
    contexts.set(request, own);
    // Also of a request whose client has gone
    reply.raw.once('close', () => end(span, reply));
    context.with(own, done);
  });
  // What follows the events of a socket runs outside: the handler after the body, the log after the response
  for (const hook of ['preValidation', 'onResponse'] as const)
    fastify.addHook(hook, (request: FastifyRequest, _reply: FastifyReply, done: () => void) => {
      context.with(contexts.get(request) ?? ROOT_CONTEXT, done);
    });
}

/** OpenTelemetry semantic conventions, HTTP server span. */
function startSpan(request: FastifyRequest, parent: Context): Span {
  const { url: route } = request.routeOptions;
  const method = METHODS.has(request.method) ? request.method : '_OTHER';
  const callerRequestId = callersRequestId(request);
  const attributes = {
    'http.request.method': method,
    ...(route !== undefined && { 'http.route': route }),
    'gatehouse.request_id': request.id,
    ...(callerRequestId !== null && { 'gatehouse.caller_request_id': callerRequestId }),
  };
  const name = `${method === '_OTHER' ? 'HTTP' : method} ${route ?? ''}`.trimEnd();
  return tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
}

function end(span: Span, { raw, statusCode }: FastifyReply): void {
  if (raw.headersSent) span.setAttribute('http.response.status_code', statusCode);
  if (!raw.writableFinished) fail(span, 'disconnected');
  else if (statusCode >= 500) fail(span, String(statusCode));
  span.end();
}
