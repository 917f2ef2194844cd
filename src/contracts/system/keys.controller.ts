import { Controller, Get, Header } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import type { JsonWebKey } from 'node:crypto';
import { Authorize } from '../../access/authorize.js';
import { SigningKeysService } from '../../modules/sessions/signing-keys.service.js';
import { Operation } from '../shared/operation.js';

class JwksDto {
  @ApiProperty({ type: [Object], description: 'RFC 7517 public keys, newest first' })
  keys: JsonWebKey[];
}

@ApiTags('Service')
@Controller('.well-known')
export class KeysController {
  constructor(private readonly keys: SigningKeysService) {}

  @Get('jwks.json')
  @Authorize.public('Public keys are for everybody who verifies a token')
  @Header('cache-control', 'public, max-age=300')
  @Operation('The keys access tokens are signed with', { status: 200, returns: JwksDto })
  listSigningKeys(): JwksDto {
    return { keys: this.keys.publicJwks() };
  }
}
