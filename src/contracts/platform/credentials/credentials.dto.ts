import { ApiProperty } from '@nestjs/swagger';
import type { KeyRecord, SessionRecord } from '../../../modules/operators/person-records.repository.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import { SecretField, UuidField } from '../../shared/fields.js';

const TIME = '2026-01-15T10:00:00.000Z';

export class SessionIdDto {
  @UuidField({ example: PLACEHOLDERS.sessionId })
  id: string;
}

export class KeyIdDto {
  @UuidField({ example: PLACEHOLDERS.apiKeyId })
  id: string;
}

export class FindKeyDto {
  @SecretField({
    example: 'sk_live_abc123',
    description: 'The whole key, such as one that was found in public',
  })
  key: string;
}

export class SessionRecordDto {
  @ApiProperty({ format: 'uuid', example: PLACEHOLDERS.sessionId })
  id: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, example: PLACEHOLDERS.organisationId })
  tenantId: string | null;

  @ApiProperty({ example: '203.0.113.7' })
  address: string;

  @ApiProperty({ type: String, nullable: true, example: 'Mozilla/5.0' })
  userAgent: string | null;

  @ApiProperty({ format: 'date-time', example: TIME })
  createdAt: string;

  @ApiProperty({ format: 'date-time', example: TIME })
  lastUsedAt: string;

  @ApiProperty({ format: 'date-time', example: TIME })
  expiresAt: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    example: null,
    description: 'The operator whose session it is, in the place of the person',
  })
  impersonatedBy: string | null;

  static from(session: SessionRecord): SessionRecordDto {
    const { id, tenantId, address, userAgent, impersonatedBy } = session;
    return {
      ...{ id, tenantId, address, userAgent, impersonatedBy },
      createdAt: session.createdAt.toISOString(),
      lastUsedAt: session.lastUsedAt.toISOString(),
      expiresAt: session.expiresAt.toISOString(),
    };
  }
}

export class KeyRecordDto {
  @ApiProperty({ format: 'uuid', example: PLACEHOLDERS.apiKeyId })
  id: string;

  @ApiProperty({ format: 'uuid', example: PLACEHOLDERS.organisationId })
  tenantId: string;

  @ApiProperty({ format: 'uuid', example: PLACEHOLDERS.userId, description: 'The owner' })
  userId: string;

  @ApiProperty({ example: 'CI' })
  name: string;

  @ApiProperty({ example: 'sk_live_abc' })
  prefix: string;

  @ApiProperty({ type: [String], example: ['leads.view'] })
  scopes: string[];

  @ApiProperty({ format: 'date-time', example: TIME })
  createdAt: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  lastUsedAt: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  expiresAt: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  revokedAt: string | null;

  static from(key: KeyRecord): KeyRecordDto {
    const { id, tenantId, userId, name, prefix, scopes } = key;
    return {
      ...{ id, tenantId, userId, name, prefix, scopes },
      createdAt: key.createdAt.toISOString(),
      lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
      expiresAt: key.expiresAt?.toISOString() ?? null,
      revokedAt: key.revokedAt?.toISOString() ?? null,
    };
  }
}
