import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Actor, Caller, Principal, ServiceAccountActor } from '../common/actor.js';
import { canonicalAddress } from '../common/network.js';
import type { RequestOrigin } from '../common/request-origin.js';
import type { AuthenticationResult } from '../modules/auth/sign-in.service.js';
import type { SignedInOperator } from '../modules/operator-accounts/signed-in-operator.js';

export interface AccessRequest extends FastifyRequest {
  caller?: Caller;
  /** On optional handlers: whom an access token names that is not valid. Nothing is proven by it. */
  formerUserId?: string;
  /** Set instead of `caller` if a service account calls. */
  service?: ServiceAccountActor;
  /** On handlers of operators, who are no callers of tenants. */
  operator?: SignedInOperator;
  /** Whether the refresh token is in a cookie, on handlers with `@BrowserSession`. */
  inCookie?: boolean;
}

const MAX_USER_AGENT = 256;
/** Code units read from the header, before unprintable characters are removed. */
const MAX_RAW_USER_AGENT = 1_024;

/** That of the socket, or behind a proxy in TRUST_PROXY the one that it reports: the same text wherever it is used. */
export const addressOf = ({ ip }: Pick<FastifyRequest, 'ip'>): string => canonicalAddress(ip) ?? ip;

/**
 * Address and user agent of the caller, and the operator who acts in their place, if any. Headers change the address only
 * if they come from a proxy in TRUST_PROXY.
 */
export function originOf(request: AccessRequest): RequestOrigin {
  if (request.caller) return request.caller.origin;
  const userAgent = request.headers['user-agent']
    ?.slice(0, MAX_RAW_USER_AGENT)
    .replace(/[^\x20-\x7e]/g, '')
    .slice(0, MAX_USER_AGENT);
  const { originalUrl: path, headers, inCookie } = request;
  const acceptLanguage = headers['accept-language'];
  const client = { address: addressOf(request), userAgent: userAgent || null, inCookie };
  return { ...client, requestId: request.id, path, acceptLanguage };
}

/** The caller's ids, for the log. */
export function describeCaller(request: AccessRequest): Record<string, string | undefined> {
  const { caller, service, operator } = request;
  if (operator) return { operatorId: operator.id, operatorSessionId: operator.sessionId };
  if (service) return { serviceAccountId: service.account.id, tenantId: service.tenantId ?? undefined };
  if (!caller) return {};
  const { userId } = caller;
  if (caller.kind === 'api-key') {
    return { userId, apiKeyId: caller.key.id, tenantId: caller.membership.tenant.id };
  }
  const { sessionId, membership, impersonation } = caller.session;
  return { userId, sessionId, tenantId: membership?.tenant.id, impersonatedBy: impersonation?.operatorId };
}

const requestOf = (context: ExecutionContext) => context.switchToHttp().getRequest<AccessRequest>();

const actorOf = (context: ExecutionContext): Actor | null => {
  const { caller } = requestOf(context);
  return caller?.kind === 'user' ? caller : null;
};

/** The signed-in caller. Use it only on handlers that require a session; it throws elsewhere. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const actor = actorOf(context);
  if (!actor) throw new Error('CurrentActor requires a handler that only accepts persons');
  return actor;
});

/** The person or the API key that calls, on handlers that accept both. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = requestOf(context);
  if (!caller) throw new Error('CurrentCaller requires a handler that refuses anonymous callers');
  return caller;
});

/** As `CurrentCaller`, on handlers that also accept service accounts. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { caller, service } = requestOf(context);
  const principal = service ?? caller;
  if (!principal) throw new Error('CurrentPrincipal requires a handler that refuses anonymous callers');
  return principal;
});

/** The operator who calls, on handlers with `@Authorize.operator`. */
export const CurrentOperator = createParamDecorator(
  (_: unknown, context: ExecutionContext): SignedInOperator => {
    const { operator } = requestOf(context);
    if (!operator) throw new Error('CurrentOperator requires a handler that only accepts operators');
    return operator;
  },
);

/** The caller if signed in, otherwise null. For `@Authorize.optional`. */
export const OptionalActor = createParamDecorator((_: unknown, context: ExecutionContext) =>
  actorOf(context),
);

/** Whom an access token names that is not valid: proof of nothing. For `@Authorize.optional`. */
export const FormerUserId = createParamDecorator(
  (_: unknown, context: ExecutionContext): string | null => requestOf(context).formerUserId ?? null,
);

export const CurrentOrigin = createParamDecorator((_: unknown, context: ExecutionContext): RequestOrigin =>
  originOf(requestOf(context)),
);

/** What LocalAuthGuard verified. It throws on handlers without that guard. */
export const FirstFactor = createParamDecorator(
  (_: unknown, context: ExecutionContext): AuthenticationResult => {
    const { user } = context.switchToHttp().getRequest<{ user?: AuthenticationResult }>();
    if (!user) throw new Error('FirstFactor requires a handler with LocalAuthGuard');
    return user;
  },
);
