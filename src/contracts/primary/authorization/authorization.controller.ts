import { Body, Controller, Get, Headers, Post, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Authorize } from '../../../access/authorize.js';
import { IntrospectionService } from '../../../access/introspection.service.js';
import { CurrentPrincipal } from '../../../access/request.js';
import { operatorOf, type Principal } from '../../../common/actor.js';
import { AuthorizationService } from '../../../modules/tenants/authorization.service.js';
import { FORM } from '../../shared/form.js';
import { Operation } from '../../shared/operation.js';
import { AuthorizationDto, AuthorizeDto } from './authorization.dto.js';
import { assertMayCall, identityHeadersOf, PRESET_IDENTITY } from './identity-headers.js';
import {
  ActiveAccessTokenDto,
  ActiveApiKeyDto,
  ActiveClientTokenDto,
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
  @Authorize.signedIn({
    actors: ['user', 'apiKey', 'serviceAccount'],
    whileEnrolling: true,
    impersonation: 'read',
  })
  @Operation('Ask whether the caller may do something', {
    status: 200,
    returns: AuthorizationDto,
    description:
      'For the services behind Gatehouse: forward the credential of your caller, or authenticate with your own and ' +
      'send theirs as `token`. The response describes the present state. A service account needs the scope ' +
      '`authorize` to ask about the callers of its organisation, or of every organisation of its product.',
    problems: ['no_active_tenant', 'permission_missing', 'impersonation_not_allowed'],
  })
  async authorize(
    @CurrentPrincipal() caller: Principal,
    @Body() body: AuthorizeDto,
  ): Promise<AuthorizationDto> {
    const permission = AuthorizeDto.toPermission(body);
    if (body.token === undefined)
      return AuthorizationDto.of(this.authorization.findObstacle(caller, permission), operatorOf(caller));
    const { obstacle, operatorId } = await this.introspection.findObstacle(caller, body.token, permission);
    return AuthorizationDto.of(obstacle, operatorId);
  }

  /**
   * Requires no permission: an API key cannot have the one to view members, and the bearer of the token could call `GET
   * /auth/me` with it. The token must act in the caller's own tenant.
   */
  @Post('introspect')
  @RouteConfig(FORM)
  @Authorize.signedIn({
    actors: ['user', 'apiKey', 'serviceAccount'],
    scope: 'active-tenant',
    impersonation: 'never',
  })
  @ApiConsumes('application/json', FORM.consumes)
  @Operation('Ask what a token stands for', {
    status: 200,
    returns: { oneOf: [ActiveAccessTokenDto, ActiveApiKeyDto, ActiveClientTokenDto, InactiveTokenDto] },
    description:
      'RFC 7662. For the services behind Gatehouse: authenticate with your own credential, and send the token ' +
      'of your caller. A token that is invalid or does not act in your organisation gets `{"active": false}`, ' +
      'without a reason. A service account needs the scope `introspect`; one of a product may ask about every ' +
      'organisation of that product.',
    problems: ['no_active_tenant', 'permission_missing'],
  })
  async introspectToken(
    @CurrentPrincipal() caller: Principal,
    @Body() body: IntrospectDto,
  ): Promise<IntrospectionDto> {
    return introspectionAnswer(await this.introspection.introspect(caller, body.token));
  }

  @Get('verify')
  @RouteConfig(PRESET_IDENTITY)
  @Authorize.signedIn({ actors: ['user', 'apiKey', 'serviceAccount'], impersonation: 'read' })
  @Operation('Check a credential, for gateways', {
    status: 204,
    problems: ['impersonation_not_allowed'],
    description:
      'The headers describe the caller; a gateway forwards them to the service behind it. Every response has ' +
      'each of them, error responses included; a header without a value is empty.',
    headers: {
      'X-Auth-User': 'The id of the person; for an API key, of its owner; empty for a service account',
      'X-Auth-Tenant': 'The id of the active organisation; empty if there is none',
      'X-Auth-Role':
        'The key of the person’s role there; empty if there is none, for an API key, and for an operator who may only read',
      'X-Auth-Scopes':
        'The present permissions of an API key, separated by blanks: its scopes that its owner holds; the scopes ' +
        'of a service account; empty for a person',
      'X-Auth-Actor': '`user`, `api-key` or `service-account`',
      'X-Auth-Act':
        'The id of the operator who acts in the place of the person (RFC 8693 `act`); empty otherwise',
      'X-Auth-Client': 'The id of the service account; empty for a person and for an API key',
    },
  })
  verifyCredential(
    @CurrentPrincipal() caller: Principal,
    @Headers('x-forwarded-method') method: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): void {
    assertMayCall(caller, method);
    void reply.headers(identityHeadersOf(caller));
  }
}
