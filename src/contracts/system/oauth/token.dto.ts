import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ClientToken } from '../../../modules/service-accounts/client-tokens.service.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';

/** The parameters of RFC 6749 §4.4.2 and §2.3.1, RFC 7523 §2.2 and RFC 8707 §2. Others are ignored (RFC 6749 §3.2). */
export class TokenRequestDto {
  @ApiProperty({ enum: ['client_credentials'] })
  grant_type: 'client_credentials';

  @ApiPropertyOptional({
    example: 'introspect',
    description: 'Separated by blanks; default: every scope of the account',
  })
  scope?: string;

  // The documentation page leaves empty fields out: the default is what works on every server
  @ApiPropertyOptional({
    example: '',
    description:
      'RFC 8707, an absolute URI: the audience of the product, which is the default, or this server’s',
  })
  resource?: string;

  @ApiPropertyOptional({
    example: '0198a4d2-5b3e-7000-8000-0000000000ff',
    description: 'Unless the secret is sent by Basic authentication',
  })
  client_id?: string;

  @ApiPropertyOptional({ example: 'cs_live_example' })
  client_secret?: string;

  @ApiPropertyOptional({ enum: ['urn:ietf:params:oauth:client-assertion-type:jwt-bearer'] })
  client_assertion_type?: string;

  // A client authenticates in one way only
  @ApiPropertyOptional({
    example: '',
    description: 'A JWT that is signed with a key of the account: `private_key_jwt`, instead of the secret',
  })
  client_assertion?: string;
}

/** RFC 6749 §5.1 */
export class TokenDto {
  @ApiProperty({ example: PLACEHOLDERS.accessToken })
  access_token: string;

  @ApiProperty({ enum: ['Bearer'] })
  token_type: 'Bearer';

  @ApiProperty({ type: 'integer', example: 3600, description: 'Seconds' })
  expires_in: number;

  @ApiProperty({ example: 'introspect authorize' })
  scope: string;

  static from({ accessToken, expiresIn, scope }: ClientToken): TokenDto {
    return { access_token: accessToken, token_type: 'Bearer', expires_in: expiresIn, scope };
  }
}
