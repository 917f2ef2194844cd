import { Body, Controller, Get, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Authorize } from '../../../access/authorize.js';
import { CurrentCaller } from '../../../access/request.js';
import type { Caller } from '../../../common/actor.js';
import { AuthorizationService } from '../../../modules/tenants/authorization.service.js';
import { Operation } from '../../shared/operation.js';
import { AuthorizationDto, AuthorizeDto } from './authorization.dto.js';

@ApiTags('Authorization')
@Controller('auth')
export class AuthorizationController {
  constructor(private readonly authorization: AuthorizationService) {}

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

  @Get('verify')
  @Authorize.signedIn({ actors: ['user', 'apiKey'] })
  @Operation('Check a credential, for gateways', {
    status: 204,
    description: 'Who calls is told in headers, which a gateway hands on to the service behind it.',
    headers: {
      'X-Auth-User': 'Id of the person',
      'X-Auth-Tenant': 'Id of the active organisation; absent where there is none',
      'X-Auth-Role': 'Key of the role there; absent likewise',
      'X-Auth-Actor': '`user` or `api-key`',
    },
  })
  verifyCredential(@CurrentCaller() caller: Caller, @Res({ passthrough: true }) reply: FastifyReply): void {
    const membership = caller.kind === 'user' ? caller.session.membership : caller.membership;
    void reply.headers({
      'x-auth-user': caller.userId,
      'x-auth-actor': caller.kind,
      ...(membership && { 'x-auth-tenant': membership.tenant.id, 'x-auth-role': membership.role.key }),
    });
  }
}
