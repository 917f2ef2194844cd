import type { JsonWebKey } from 'node:crypto';
import { Controller, Get, Header } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../access/authorize.js';
import { JWKS_MAX_AGE_SECONDS, SigningKeysService } from '../../modules/sessions/signing-keys.service.js';
import { Operation } from '../shared/operation.js';

class JwksDto {
  @ApiProperty({
    type: [Object],
    description:
      'RFC 7517 public keys: the active key, the next one, and retired ones whose tokens are still valid',
  })
  keys: JsonWebKey[];
}

@ApiTags('Service')
@Controller('.well-known')
export class KeysController {
  constructor(private readonly keys: SigningKeysService) {}

  @Get('jwks.json')
  @Authorize.public('Public keys are for everybody who verifies a token')
  @Header('cache-control', `public, max-age=${JWKS_MAX_AGE_SECONDS}`)
  @Header('access-control-allow-origin', '*')
  @Operation('The keys access tokens are signed with', {
    status: 200,
    returns: JwksDto,
    description:
      'Cache the keys for a minute at most, and read them again for an unknown `kid`. A key that is no longer ' +
      'here has been removed: refuse every token that it signed.',
  })
  async listSigningKeys(): Promise<JwksDto> {
    return { keys: await this.keys.publish() };
  }
}
