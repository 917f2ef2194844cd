import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { DeniedRequests } from '../../access/denied-requests.js';
import type { AccessRequest } from '../../access/request.js';
import { ErrorResponses } from './error-responses.js';
import { toAppError } from './to-app-error.js';

/**
 * Handles every error of a handler, its guards and its input validation: records denials in the audit trail, and sends
 * the error response.
 */
@Catch()
export class ErrorResponseFilter implements ExceptionFilter {
  constructor(
    private readonly errorResponses: ErrorResponses,
    private readonly refused: DeniedRequests,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<AccessRequest>();
    const error = toAppError(thrown);
    this.refused.note(error, request);
    this.errorResponses.send(error, request, http.getResponse<FastifyReply>());
  }
}
