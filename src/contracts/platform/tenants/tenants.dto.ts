import { ApiProperty } from '@nestjs/swagger';
import type { TenantRecord } from '../../../modules/operators/tenant-records.repository.js';
import { TextField, UuidField } from '../../shared/fields.js';
import { pageOf } from '../../shared/page-of.js';
import { PageQueryDto } from '../../shared/page-query.dto.js';
import { ChoiceField } from '../../shared/value-fields.js';

const STATUSES = ['active', 'suspended'] as const;
const EXAMPLE_ID = '550e8400-e29b-41d4-a716-446655440000';

export class TenantIdDto {
  @UuidField({ example: EXAMPLE_ID })
  id: string;
}

export class TenantsQueryDto extends PageQueryDto {
  @TextField({ optional: true, max: 100, description: 'A part of the name or the slug' })
  search?: string;

  @ChoiceField({ optional: true, of: STATUSES })
  status?: TenantRecord['status'];
}

export class TenantRecordDto {
  @ApiProperty({ format: 'uuid', example: EXAMPLE_ID })
  id: string;

  @ApiProperty({ example: 'acme-corp' })
  slug: string;

  @ApiProperty({ example: 'Acme Corp' })
  name: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  businessType: string | null;

  @ApiProperty({ enum: STATUSES, example: 'active' })
  status: TenantRecord['status'];

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: null,
    description: 'When it will be erased; null: nobody asked for that',
  })
  deletionAt: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-01-15T10:00:00.000Z' })
  createdAt: string;

  static from(tenant: TenantRecord): TenantRecordDto {
    const { id, slug, name, businessType, status } = tenant;
    return {
      ...{ id, slug, name, businessType, status },
      deletionAt: tenant.deletionAt?.toISOString() ?? null,
      createdAt: tenant.createdAt.toISOString(),
    };
  }
}

export class TenantPageDto extends pageOf(TenantRecordDto) {}

export class TenantDetailDto extends TenantRecordDto {
  @ApiProperty({ type: 'integer', example: 12 })
  members: number;

  static override from(tenant: TenantRecord & { members: number }): TenantDetailDto {
    return { ...TenantRecordDto.from(tenant), members: tenant.members };
  }
}

export class TenantDeletionDto {
  @ApiProperty({ example: true, description: 'False if it was requested before: then nothing is recorded' })
  changed: boolean;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-01-29T10:00:00.000Z' })
  deletionAt: string | null;

  static from(deletionAt: Date | null): TenantDeletionDto {
    return { changed: deletionAt !== null, deletionAt: deletionAt?.toISOString() ?? null };
  }
}
