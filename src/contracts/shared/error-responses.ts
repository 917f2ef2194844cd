import type { FastifyReply, FastifyRequest } from 'fastify';
import { type AccessRequest, addressOf, describeCaller } from '../../access/request.js';
import { AppError } from '../../common/app-error.js';
import { ERROR_CATALOGUE } from '../../common/error-catalogue.js';
import type { Log } from '../../common/log.js';
import type { Metrics } from '../../modules/metrics/metrics.js';
import { type Contract, type ErrorRenderer, rendererFor } from './contract.js';
import { requestPath } from './request-path.js';
import type { RouteTable } from './route-table.js';
import { toAppError } from './to-app-error.js';

/**
 * The only place that turns an error into a response, also for unknown routes, malformed JSON, rate limits and crashes.
 */
export class ErrorResponses {
  constructor(
    private readonly contracts: readonly Pick<Contract, 'basePath' | 'renderer'>[],
    private readonly fallback: ErrorRenderer,
    private readonly routes: RouteTable,
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  send(thrown: unknown, request: AccessRequest, reply: FastifyReply): void {
    const error = this.refine(toAppError(thrown), request, reply);
    const { status, title, level } = ERROR_CATALOGUE[error.code];
    this.metrics.countErrorResponse(error.code);
    const cause = level === 'error' ? (error.options.cause ?? error) : undefined;
    this.log.write(level, 'request refused', {
      requestId: request.id,
      code: error.code,
      address: addressOf(request),
      ...error.options.about,
      keyHash: undefined,
      ...describeCaller(request),
      ...error.options.context,
      ...(cause !== undefined && { cause }),
    });

    const renderer = rendererFor(this.contracts, requestPath(request.url), this.fallback);
    if (status === 401) void reply.header('www-authenticate', schemeOf(error, request.headers.authorization));
    if (error.options.retryAfterSeconds !== undefined) {
      void reply.header('retry-after', Math.ceil(error.options.retryAfterSeconds));
    }
    void reply
      .status(status)
      .header('content-type', `${renderer.mediaType}; charset=utf-8`)
      .header('cache-control', 'no-store')
      .send(JSON.stringify(renderer.render({ error, status, title, requestId: request.id })));
  }

  /** RFC 9110 §15.5.6: a path that supports other methods is answered with 405 and `Allow`. */
  private refine(error: AppError, request: FastifyRequest, reply: FastifyReply): AppError {
    if (error.code !== 'route_not_found') return error;
    const allowed = this.routes.methodsAt(requestPath(request.url));
    if (allowed.length === 0) return error;
    void reply.header('allow', allowed.join(', '));
    return new AppError('method_not_allowed');
  }
}

/**
 * RFC 9110 §11.6.1. Basic only for a client that used it (RFC 6749 §5.2): for another, a browser would open its own dialog
 * and hold the answer back from the page until a person closes that.
 */
function schemeOf({ code }: AppError, authorization: string | undefined): string {
  const isBasic = code === 'invalid_client' && /^Basic\b/i.test(authorization ?? '');
  return isBasic ? 'Basic realm="clients", charset="UTF-8"' : 'Bearer';
}
