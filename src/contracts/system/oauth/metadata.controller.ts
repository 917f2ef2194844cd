import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../../access/authorize.js';
import { CONFIG, type Config } from '../../../config/config.js';
import { Operation } from '../../shared/operation.js';
import { ServerMetadataDto } from './metadata.dto.js';

const MAX_AGE = 'public, max-age=300';
const PUBLIC = 'It says where the keys and the endpoints are, which are public';

/** For clients that know the issuer only. */
@ApiTags('OAuth')
@Controller('.well-known')
export class MetadataController {
  private readonly metadata: ServerMetadataDto;

  constructor(@Inject(CONFIG) config: Config) {
    this.metadata = ServerMetadataDto.of(config);
  }

  @Get('oauth-authorization-server')
  @Authorize.public(PUBLIC)
  @Header('cache-control', MAX_AGE)
  @Header('access-control-allow-origin', '*')
  @Operation('The endpoints and abilities of this server', {
    status: 200,
    returns: ServerMetadataDto,
    description: 'RFC 8414.',
  })
  getServerMetadata(): ServerMetadataDto {
    return this.metadata;
  }

  @Get('openid-configuration')
  @Authorize.public(PUBLIC)
  @Header('cache-control', MAX_AGE)
  @Header('access-control-allow-origin', '*')
  @Operation('The same, where libraries for OpenID Connect look', {
    status: 200,
    returns: ServerMetadataDto,
    description:
      'So that they find the signing keys by the issuer. This server is no OpenID provider: it has no ' +
      'authorization endpoint and issues no ID tokens.',
  })
  getOpenIdConfiguration(): ServerMetadataDto {
    return this.metadata;
  }
}
