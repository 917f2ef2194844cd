import { ApiProperty } from '@nestjs/swagger';
import type { Permission } from '../../../common/permissions.js';
import type { ApiKey, IssuedApiKey } from '../../../modules/api-keys/api-key.js';
import type { ApiKeyUsage } from '../../../modules/api-keys/api-key-list.service.js';
import { MAX_OVERLAP_SECONDS } from '../../../modules/api-keys/api-key-rotation.service.js';
import { MAX_API_KEY_DAYS, type NewApiKey } from '../../../modules/api-keys/api-keys.service.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import { count, duration } from '../../shared/docs/settings.js';
import { IntegerField, NameField, TextField, UuidField } from '../../shared/fields.js';
import { pageOf } from '../../shared/page-of.js';
import { NetworksField, NoExpiryField, ScopesField } from './api-key-fields.js';

const UUID_EXAMPLE = '550e8400-e29b-41d4-a716-446655440000';

export class CreateApiKeyDto {
  @NameField({ example: 'Production API Key' })
  name: string;

  @TextField({ optional: true, example: 'For production integrations' })
  description?: string;

  @IntegerField({
    optional: true,
    min: 1,
    max: MAX_API_KEY_DAYS,
    example: 365,
    description: `Default: the server’s setting, ${count('API_KEY_TTL_DAYS')}`,
  })
  expiresInDays?: number;

  @NoExpiryField({
    optional: true,
    without: 'expiresInDays',
    description: 'Null for a key that does not expire, if the organisation allows it',
  })
  expiresAt?: null;

  @ScopesField({
    optional: true,
    example: ['leads.view', 'leads.create'],
    description:
      'Default: all your present permissions on the products’ data; `auditEvents.view` only if named',
  })
  scopes?: Permission[];

  @NetworksField({
    optional: true,
    description: 'Addresses and CIDR blocks that may use the key; default: any',
  })
  allowedAddresses?: string[];

  /** Maps the body to the core's input. */
  static toNewKey({ expiresAt, expiresInDays, ...rest }: CreateApiKeyDto): NewApiKey {
    return { ...rest, expiresInDays: expiresAt === null ? null : expiresInDays };
  }
}

export class UpdateApiKeyDto {
  @NameField({ optional: true, example: 'Production API Key (EU)' })
  name?: string;

  @TextField({ optional: true, nullable: true, description: 'Null or empty: no description' })
  description?: string | null;
}

export class RotateApiKeyDto {
  @IntegerField({
    optional: true,
    min: 0,
    max: MAX_OVERLAP_SECONDS,
    example: 3600,
    description: `How long the previous secret stays valid; default: the server’s setting, ${duration('API_KEY_ROTATION_OVERLAP_SECONDS')}`,
  })
  overlapSeconds?: number;
}

export class ApiKeyIdDto {
  @UuidField({ example: PLACEHOLDERS.apiKeyId })
  id: string;
}

export class ApiKeyPageQueryDto {
  @IntegerField({ optional: true, inQuery: true, min: 1, max: 100, description: 'Default: 20' })
  limit = 20;

  @UuidField({ optional: true, description: '`nextCursor` of the page before' })
  cursor?: string;
}

export class ApiKeyUsageQueryDto {
  @IntegerField({ optional: true, inQuery: true, min: 1, max: 90, description: 'Default: 30' })
  days = 30;
}

export class ApiKeyDto {
  @ApiProperty({ format: 'uuid', example: PLACEHOLDERS.apiKeyId })
  id: string;

  @ApiProperty({ format: 'uuid', example: UUID_EXAMPLE, description: 'The owner' })
  userId: string;

  @ApiProperty({ example: 'Production API Key' })
  name: string;

  @ApiProperty({ type: String, nullable: true, example: 'For production integrations' })
  description: string | null;

  @ApiProperty({ example: 'sk_live_4Qe', description: 'The first characters of its newest secret' })
  prefix: string;

  @ApiProperty({ example: 'x7Kd', description: 'The last characters of its newest secret' })
  lastFour: string;

  @ApiProperty({ type: [String], example: ['leads.view', 'leads.create'] })
  scopes: string[];

  @ApiProperty({ type: [String], example: ['203.0.113.0/24'], description: 'Empty: any address' })
  allowedAddresses: string[];

  @ApiProperty({ format: 'date-time', example: '2026-01-15T09:30:00.000Z' })
  createdAt: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2027-01-15T09:30:00.000Z' })
  expiresAt: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-01-16T08:30:00.000Z',
    description: 'Up to a few seconds old',
  })
  lastUsedAt: string | null;

  static from(key: ApiKey): ApiKeyDto {
    const { id, userId, name, description, prefix, lastFour, scopes, allowedAddresses } = key;
    return {
      ...{ id, userId, name, description, prefix, lastFour, scopes, allowedAddresses },
      createdAt: key.createdAt.toISOString(),
      expiresAt: key.expiresAt?.toISOString() ?? null,
      lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    };
  }
}

export class IssuedApiKeyDto extends ApiKeyDto {
  @ApiProperty({
    example: 'sk_live_4Qe...x7Kd',
    description: 'Contained in this response only: protect it like a password',
  })
  key: string;

  static override from(issued: IssuedApiKey): IssuedApiKeyDto {
    return { ...ApiKeyDto.from(issued), key: issued.key };
  }
}

export class ApiKeyPageDto extends pageOf(ApiKeyDto) {}

export class ApiKeyUsageDayDto {
  @ApiProperty({ format: 'date', example: '2026-01-16', description: 'In UTC' })
  date: string;

  @ApiProperty({ example: 1280 })
  requests: number;
}

export class ApiKeyUsageDto {
  @ApiProperty({ type: [ApiKeyUsageDayDto], description: 'One entry for each day, oldest first' })
  data: ApiKeyUsageDayDto[];

  @ApiProperty({ example: 1280, description: 'Requests in these days' })
  total: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-01-16T08:30:00.000Z' })
  lastUsedAt: string | null;

  static from({ days, total, lastUsedAt }: ApiKeyUsage): ApiKeyUsageDto {
    const lastUsed = lastUsedAt?.toISOString() ?? null;
    return { data: days, total, lastUsedAt: lastUsed };
  }
}
