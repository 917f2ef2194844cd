import { ApiProperty } from '@nestjs/swagger';
import type { Page } from '../../../common/pagination.js';
import type { ApiKey, IssuedApiKey } from '../../../modules/api-keys/api-key.js';
import { MAX_API_KEY_DAYS } from '../../../modules/api-keys/api-keys.service.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import { IntegerField, NameField, TextField } from '../../shared/fields.js';
import { TypeIdField } from '../ids/type-id.field.js';
import { toTypeId } from '../ids/type-id.js';
import { toTime } from '../time.js';

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
    description: 'Default: as the server is configured, 90',
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

class ApiKeyFields {
  @ApiProperty({ example: PLACEHOLDERS.apiKeyTypeId })
  id: string;

  @ApiProperty({ example: 'Production API Key' })
  name: string;

  @ApiProperty({ format: 'date-time', example: '2024-12-15T10:00:00Z' })
  created_at: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2025-12-15T10:00:00Z' })
  expires_at: string | null;
}

export class IssuedApiKeyDto extends ApiKeyFields {
  @ApiProperty({ example: 'sk_live_xyz789...', description: 'Shown this once' })
  key: string;

  static from({ key, ...apiKey }: IssuedApiKey): IssuedApiKeyDto {
    return Object.assign(new IssuedApiKeyDto(), { ...fieldsOf(apiKey), key });
  }
}

export class ApiKeyDto extends ApiKeyFields {
  @ApiProperty({ example: 'sk_live_xyz...', description: 'How it begins' })
  key_prefix: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2024-12-16T08:30:00Z' })
  last_used_at: string | null;

  static from(apiKey: ApiKey): ApiKeyDto {
    return Object.assign(new ApiKeyDto(), {
      ...fieldsOf(apiKey),
      key_prefix: `${apiKey.prefix}...`,
      last_used_at: apiKey.lastUsedAt && toTime(apiKey.lastUsedAt),
    });
  }
}

export class ApiKeyListDto {
  @ApiProperty({ type: [ApiKeyDto] })
  api_keys: ApiKeyDto[];

  @ApiProperty({ type: String, nullable: true, example: null, description: 'Null on the last page' })
  next_cursor: string | null;

  static from({ data, nextCursor }: Page<ApiKey>): ApiKeyListDto {
    return Object.assign(new ApiKeyListDto(), {
      api_keys: data.map((apiKey) => ApiKeyDto.from(apiKey)),
      next_cursor: nextCursor && toTypeId('key', nextCursor),
    });
  }
}

function fieldsOf({ id, name, createdAt, expiresAt }: Omit<ApiKey, 'key'>) {
  return {
    id: toTypeId('key', id),
    name,
    created_at: toTime(createdAt),
    expires_at: expiresAt && toTime(expiresAt),
  };
}
