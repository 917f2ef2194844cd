import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../common/actor.js';
import type { Client } from '../common/client.js';

export interface AccessRequest extends FastifyRequest {
  actor?: Actor;
}

const MAX_USER_AGENT = 256;

/** The caller's end of the connection. No header can change the address, unless TRUST_PROXY says whose may. */
export function clientOf(request: FastifyRequest): Client {
  const userAgent = request.headers['user-agent']?.replace(/[^\x20-\x7e]/g, '').slice(0, MAX_USER_AGENT);
  return { address: request.ip, userAgent: userAgent || null, requestId: request.id };
}

const requestOf = (context: ExecutionContext) => context.switchToHttp().getRequest<AccessRequest>();

/** The signed-in caller. Only on handlers that `@Authorize` closes to everybody else. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { actor } = requestOf(context);
  if (!actor) throw new Error('CurrentActor on a handler that lets anonymous callers in');
  return actor;
});

/** The caller if signed in, else null: for `@Authorize.optional`. */
export const OptionalActor = createParamDecorator(
  (_: unknown, context: ExecutionContext): Actor | null => requestOf(context).actor ?? null,
);

export const CurrentClient = createParamDecorator((_: unknown, context: ExecutionContext): Client =>
  clientOf(requestOf(context)),
);
