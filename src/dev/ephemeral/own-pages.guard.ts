import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../../common/app-error.js';

/**
 * Refuses pages of every other origin. `DevelopmentHostGuard` admits those at any IP address, which cannot read an answer;
 * here a request without a body already changes something. Programs send no `Origin`.
 */
@Injectable()
export class OwnPagesGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { origin, host } = context.switchToHttp().getRequest<FastifyRequest>().headers;
    if (origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)) return true;
    throw new AppError('misdirected_request', { detail: 'This answers no page of another origin.' });
  }
}
