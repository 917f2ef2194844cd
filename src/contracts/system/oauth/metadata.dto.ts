import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Config } from '../../../config/config.js';
import { CLIENT_SCOPES } from '../../../modules/service-accounts/client-scopes.js';
import { ASSERTION_ALGORITHMS } from '../../../modules/service-accounts/public-keys.js';

const ISSUER = 'https://id.example.com';

/** RFC 8414 §2. What this server does not do is absent. */
export class ServerMetadataDto {
  @ApiProperty({ format: 'uri', example: ISSUER })
  issuer: string;

  @ApiProperty({ format: 'uri', example: `${ISSUER}/oauth/token` })
  token_endpoint: string;

  @ApiPropertyOptional({
    format: 'uri',
    example: `${ISSUER}/.well-known/jwks.json`,
    description: 'Absent where tokens are signed with a shared secret',
  })
  jwks_uri?: string;

  @ApiProperty({ type: [String], example: [...CLIENT_SCOPES] })
  scopes_supported: string[];

  @ApiProperty({ type: [String], example: [], description: 'None: there is no authorization endpoint' })
  response_types_supported: string[];

  @ApiProperty({ type: [String], example: ['client_credentials'] })
  grant_types_supported: string[];

  @ApiProperty({ type: [String], example: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'] })
  token_endpoint_auth_methods_supported: string[];

  @ApiProperty({ type: [String], example: [...ASSERTION_ALGORITHMS] })
  token_endpoint_auth_signing_alg_values_supported: string[];

  @ApiPropertyOptional({
    format: 'uri',
    example: `${ISSUER}/auth/introspect`,
    description: 'Absent where the primary contract is not served',
  })
  introspection_endpoint?: string;

  @ApiPropertyOptional({ type: [String], example: ['client_secret_basic'] })
  introspection_endpoint_auth_methods_supported?: string[];

  static of({ publicUrl, SIGNING_ALG, CONTRACTS }: Config): ServerMetadataDto {
    return {
      issuer: publicUrl,
      token_endpoint: `${publicUrl}/oauth/token`,
      ...(SIGNING_ALG === 'ES256' && { jwks_uri: `${publicUrl}/.well-known/jwks.json` }),
      scopes_supported: [...CLIENT_SCOPES],
      response_types_supported: [],
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: [...ASSERTION_ALGORITHMS],
      ...(CONTRACTS.includes('primary') && {
        introspection_endpoint: `${publicUrl}/auth/introspect`,
        introspection_endpoint_auth_methods_supported: ['client_secret_basic'],
      }),
    };
  }
}
