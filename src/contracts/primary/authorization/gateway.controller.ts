import { All, Controller, HttpCode, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Authorize } from '../../../access/authorize.js';
import { CurrentPrincipal } from '../../../access/request.js';
import type { Principal } from '../../../common/actor.js';
import { assertMayCall, identityHeadersOf, PRESET_IDENTITY } from './identity-headers.js';

/**
 * `GET /auth/verify` for gateways that put it before the path of the request they ask about, and keep its method and
 * headers (Envoy's `ext_authz`). What the body would be does not matter: the gateway does not send it.
 */
@ApiExcludeController()
@Controller('auth/verify')
export class GatewayController {
  @All('*')
  @RouteConfig({ ...PRESET_IDENTITY, ignoresBody: true })
  @HttpCode(200)
  @Authorize.signedIn({ actors: ['user', 'apiKey', 'serviceAccount'], impersonation: 'read' })
  verifyAnyRequest(
    @CurrentPrincipal() caller: Principal,
    @Req() { method }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): void {
    assertMayCall(caller, method);
    void reply.headers(identityHeadersOf(caller));
  }
}
