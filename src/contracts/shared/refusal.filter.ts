import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { AccessRequest } from '../../access/request.js';
import { RefusedRequests } from '../../access/refused-requests.js';
import { Refusals } from './refusals.js';
import { toAppError } from './to-app-error.js';

/** Every refusal of a handler, its guards and its input: into the trail where it belongs there, and to the caller. */
@Catch()
export class RefusalFilter implements ExceptionFilter {
  constructor(
    private readonly refusals: Refusals,
    private readonly refused: RefusedRequests,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<AccessRequest>();
    const error = toAppError(thrown);
    this.refused.note(error, request);
    this.refusals.send(error, request, http.getResponse<FastifyReply>());
  }
}
