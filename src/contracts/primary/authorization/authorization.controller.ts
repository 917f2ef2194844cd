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
  introspectionAnswer,
  type IntrospectionDto,
  IntrospectDto,
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
      'For the services behind Gatehouse: pass the credential of your caller on. The answer is of this moment.',
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
      'RFC 7662. For the services behind Gatehouse: call with your own credential, and send the token of your caller. ' +
      'One that is no good, and one that does not act in your organisation, is `{"active": false}` whatever the reason.',
    problems: ['no_active_tenant'],
  })
  async introspect(@CurrentCaller() caller: Caller, @Body() body: IntrospectDto): Promise<IntrospectionDto> {
    return introspectionAnswer(await this.introspection.introspect(caller, body.token));
  }

  @Get('verify')
  @RouteConfig(PRESET_IDENTITY)
  @Authorize.signedIn({ actors: ['user', 'apiKey'] })
  @Operation('Check a credential, for gateways', {
    status: 204,
    description:
      'Who calls is told in headers, which a gateway hands on to the service behind it. Every answer has each of them, a ' +
      'refusal too; where there is nothing to tell it is empty.',
    headers: {
      'X-Auth-User': 'Id of the person; of a key, its owner’s',
      'X-Auth-Tenant': 'Id of the active organisation; empty where there is none',
      'X-Auth-Role': 'Key of the person’s role there; empty where there is none, and for a key',
      'X-Auth-Scopes':
        'What a key may do now: its scopes, as far as its owner holds them, with blanks between; empty for a person',
      'X-Auth-Actor': '`user` or `api-key`',
    },
  })
  verifyCredential(@CurrentCaller() caller: Caller, @Res({ passthrough: true }) reply: FastifyReply): void {
    void reply.headers(identityHeadersOf(caller));
  }
}
