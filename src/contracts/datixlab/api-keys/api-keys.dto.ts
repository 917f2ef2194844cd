import { ApiProperty } from '@nestjs/swagger';
import type { Page } from '../../../common/pagination.js';
import type { ApiKey, IssuedApiKey } from '../../../modules/api-keys/api-key.js';
import { MAX_API_KEY_DAYS } from '../../../modules/api-keys/api-keys.service.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import { count } from '../../shared/docs/settings.js';
import { IntegerField, NameField, TextField } from '../../shared/fields.js';
import { TIME_EXAMPLE } from '../auth/user.dto.js';
import { TypeIdField } from '../ids/type-id.field.js';
import { toTypeId } from '../ids/type-id.js';
import { toTime } from '../time.js';

const EXPIRY = {
  type: String,
  format: 'date-time',
  nullable: true,
  example: '2025-12-15T10:00:00Z',
  description:
    'Null if the key does not expire: created through another contract, in an organisation that allows it',
} as const;

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
  expires_in_days?: number;
}

export class ApiKeyIdDto {
  @TypeIdField('key', { example: PLACEHOLDERS.apiKeyTypeId })
  key_id: string;
}

export class ApiKeyPageQueryDto {
  @IntegerField({ optional: true, inQuery: true, min: 1, max: 100, description: 'Default: 100' })
  limit = 100;

  @TypeIdField('key', { optional: true, description: '`next_cursor` of the page before' })
  cursor?: string;
}

export class IssuedApiKeyDto {
  @ApiProperty({ example: PLACEHOLDERS.apiKeyTypeId })
  id: string;

  @ApiProperty({ example: 'Production API Key' })
  name: string;

  @ApiProperty({ example: 'sk_live_xyz789...', description: 'Contained in this response only' })
  key: string;

  @ApiProperty({ format: 'date-time', example: TIME_EXAMPLE })
  created_at: string;

  @ApiProperty(EXPIRY)
  expires_at: string | null;

  static from({ id, name, key, createdAt, expiresAt }: IssuedApiKey): IssuedApiKeyDto {
    return {
      id: toTypeId('key', id),
      name,
      key,
      created_at: toTime(createdAt),
      expires_at: expiresAt && toTime(expiresAt),
    };
  }
}

export class ApiKeyDto {
  @ApiProperty({ example: PLACEHOLDERS.apiKeyTypeId })
  id: string;

  @ApiProperty({ example: 'Production API Key' })
  name: string;

  @ApiProperty({ example: 'sk_live_xyz...', description: 'The first characters of the key' })
  key_prefix: string;

  @ApiProperty({ format: 'date-time', example: TIME_EXAMPLE })
  created_at: string;

  @ApiProperty(EXPIRY)
  expires_at: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2024-12-16T08:30:00Z',
    description: 'Null if the key was never used',
  })
  last_used_at: string | null;

  static from({ id, name, prefix, createdAt, expiresAt, lastUsedAt }: ApiKey): ApiKeyDto {
    return {
      id: toTypeId('key', id),
      name,
      key_prefix: `${prefix}...`,
      created_at: toTime(createdAt),
      expires_at: expiresAt && toTime(expiresAt),
      last_used_at: lastUsedAt && toTime(lastUsedAt),
    };
  }
}

export class ApiKeyListDto {
  @ApiProperty({ type: [ApiKeyDto] })
  api_keys: ApiKeyDto[];

  @ApiProperty({ type: String, nullable: true, example: null, description: 'Null on the last page' })
  next_cursor: string | null;

  static from({ data, nextCursor }: Page<ApiKey>): ApiKeyListDto {
    return {
      api_keys: data.map((apiKey) => ApiKeyDto.from(apiKey)),
      next_cursor: nextCursor && toTypeId('key', nextCursor),
    };
  }
}
