import { Body, Controller, Header, Headers, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { RateLimit } from '../../../access/rate-limit.js';
import { CurrentOrigin } from '../../../access/request.js';
import type { RequestOrigin } from '../../../common/request-origin.js';
import { readClientCredentials } from '../../../modules/service-accounts/client-credentials.js';
import { ClientTokensService } from '../../../modules/service-accounts/client-tokens.service.js';
import {
  InvalidTokenRequest,
  UnsupportedGrantType,
} from '../../../modules/service-accounts/service-accounts.errors.js';
import { FORM_ONLY } from '../../shared/form.js';
import { Operation } from '../../shared/operation.js';
import { TokenDto, TokenRequestDto } from './token.dto.js';

/** The machine-to-machine part of OAuth 2.0. */
@ApiTags('OAuth')
@Controller('oauth')
export class OAuthController {
  constructor(private readonly tokens: ClientTokensService) {}

  @Post('token')
  @RouteConfig(FORM_ONLY)
  @RateLimit('token')
  @Authorize.public('The client authenticates by its secret or by a signed assertion')
  @Header('pragma', 'no-cache')
  @ApiConsumes(FORM_ONLY.consumes)
  @ApiBody({ type: TokenRequestDto })
  @Operation('Get an access token for a service account', {
    status: 200,
    returns: TokenDto,
    description:
      'RFC 6749 §4.4. The client authenticates by its secret (Basic, or in the form) or by `private_key_jwt` (RFC ' +
      '7523): a JWT with its id as `iss` and `sub`, this server as `aud`, a `jti` of its own, and at most ten minutes ' +
      'to `exp`. Errors are those of RFC 6749 §5.2.',
    refusedExample: { code: 'invalid_client', because: 'it names no service account of yours' },
    problems: ['invalid_client', 'too_many_attempts', 'unsupported_grant_type', 'invalid_scope', 'invalid_target'],
  })
  async issueToken(
    @Headers('authorization') authorization: string | undefined,
    @CurrentOrigin() origin: RequestOrigin,
    @Body() form: Record<string, string> | undefined,
  ): Promise<TokenDto> {
    const fields = withoutEmpty(form ?? {});
    if (fields.grant_type === undefined) throw new InvalidTokenRequest('Send grant_type.');
    if (fields.grant_type !== 'client_credentials') throw new UnsupportedGrantType();
    const credentials = readClientCredentials(authorization, fields);
    return TokenDto.from(await this.tokens.issue(credentials, fields, origin));
  }
}

/** RFC 6749 §3.2: a parameter without a value is treated as omitted. */
function withoutEmpty(form: Record<string, string>): Partial<TokenRequestDto> & { grant_type?: string } {
  return Object.fromEntries(Object.entries(form).filter(([, value]) => value !== ''));
}
