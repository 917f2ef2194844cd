import { Body, Controller, Get, Post, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Authorize } from '../../../access/authorize.js';
import { IntrospectionService } from '../../../access/introspection.service.js';
import { CurrentCaller } from '../../../access/request.js';
import type { Caller } from '../../../common/actor.js';
import { AuthorizationService } from '../../../modules/tenants/authorization.service.js';
import { FORM } from '../../shared/form.js';
import { Operation } from '../../shared/operation.js';
import { AuthorizationDto, AuthorizeDto } from './authorization.dto.js';
import { identityHeadersOf, PRESET_IDENTITY } from './identity-headers.js';
import {
  ActiveAccessTokenDto,
  ActiveApiKeyDto,
  InactiveTokenDto,
  IntrospectDto,
  introspectionAnswer,
  type IntrospectionDto,
} from './introspection.dto.js';

@ApiTags('Authorization')
@Controller('auth')
export class AuthorizationController {
  constructor(
    private readonly authorization: AuthorizationService,
    private readonly introspection: IntrospectionService,
  ) {}

  @Post('authorize')
  @Authorize.signedIn({ actors: ['user', 'apiKey'], whileEnrolling: true })
  @Operation('Ask whether the caller may do something', {
    status: 200,
    returns: AuthorizationDto,
    description:
      'For the services behind Gatehouse: forward the credential of your caller. The response describes the ' +
      'present state.',
  })
  authorize(@CurrentCaller() caller: Caller, @Body() body: AuthorizeDto): AuthorizationDto {
    return AuthorizationDto.of(this.authorization.findObstacle(caller, AuthorizeDto.toPermission(body)));
  }

  /**
   * Requires no permission: an API key cannot have the one to view members, and the bearer of the token could call `GET
   * /auth/me` with it. The token must act in the caller's own tenant.
   */
  @Post('introspect')
  @RouteConfig(FORM)
  @Authorize.signedIn({ actors: ['user', 'apiKey'], scope: 'active-tenant' })
  @ApiConsumes('application/json', FORM.consumes)
  @Operation('Ask what a token stands for', {
    status: 200,
    returns: { oneOf: [ActiveAccessTokenDto, ActiveApiKeyDto, InactiveTokenDto] },
    description:
      'RFC 7662. For the services behind Gatehouse: authenticate with your own credential, and send the token ' +
      'of your caller. A token that is invalid or does not act in your organisation gets `{"active": false}`, ' +
      'without a reason.',
    problems: ['no_active_tenant'],
  })
  async introspectToken(
    @CurrentCaller() caller: Caller,
    @Body() body: IntrospectDto,
  ): Promise<IntrospectionDto> {
    return introspectionAnswer(await this.introspection.introspect(caller, body.token));
  }

  @Get('verify')
  @RouteConfig(PRESET_IDENTITY)
  @Authorize.signedIn({ actors: ['user', 'apiKey'] })
  @Operation('Check a credential, for gateways', {
    status: 204,
    description:
      'The headers describe the caller; a gateway forwards them to the service behind it. Every response has ' +
      'each of them, error responses included; a header without a value is empty.',
    headers: {
      'X-Auth-User': 'The id of the person; for an API key, of its owner',
      'X-Auth-Tenant': 'The id of the active organisation; empty if there is none',
      'X-Auth-Role': 'The key of the person’s role there; empty if there is none, and for an API key',
      'X-Auth-Scopes':
        'The present permissions of an API key, separated by blanks: its scopes that its owner holds; empty ' +
        'for a person',
      'X-Auth-Actor': '`user` or `api-key`',
    },
  })
  verifyCredential(@CurrentCaller() caller: Caller, @Res({ passthrough: true }) reply: FastifyReply): void {
    void reply.headers(identityHeadersOf(caller));
  }
}
