import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsObject, ValidateNested } from 'class-validator';
import { canonicalDomain } from '../../../common/email-address.js';
import type { Policies, TenantSettings } from '../../../modules/tenants/tenant-settings.repository.js';
import { field, NameField, WordField } from '../../shared/fields.js';
import { IntegerField } from '../../shared/fields.js';
import { BooleanField, TextsField } from '../../shared/value-fields.js';

const YEAR_SECONDS = 31_536_000;

export class PoliciesDto {
  @ApiProperty({ example: false })
  requireTwoFactor: boolean;

  @ApiProperty({ example: false, description: 'Whether a trusted device may skip the second factor' })
  trustedDevices: boolean;

  @ApiProperty({ example: false })
  apiKeysWithoutExpiry: boolean;

  @ApiProperty({ type: 'integer', nullable: true, example: 86400, description: 'Null: the server’s limit' })
  sessionLifetimeSeconds: number | null;

  @ApiProperty({ type: [String], example: ['acme.com'], description: 'Empty: any' })
  invitationDomains: string[];

  @ApiProperty({ type: 'integer', nullable: true, example: null, description: 'Null: the server’s limit' })
  smsDailyBudget: number | null;

  static from(policies: Policies): PoliciesDto {
    return {
      requireTwoFactor: policies.requireTwoFactor,
      trustedDevices: policies.trustedDevices,
      apiKeysWithoutExpiry: policies.apiKeysWithoutExpiry,
      sessionLifetimeSeconds: policies.sessionLifetimeSeconds,
      invitationDomains: policies.invitationDomains,
      smsDailyBudget: policies.smsDailyBudget,
    };
  }
}

export class CurrentTenantDto {
  @ApiProperty({ format: 'uuid', example: '550e8400-e29b-41d4-a716-446655440000' })
  id: string;

  @ApiProperty({ example: 'acme-corporation' })
  slug: string;

  @ApiProperty({ example: 'Acme Corporation' })
  companyName: string;

  @ApiProperty({ type: String, nullable: true, example: 'RETAILER' })
  businessType: string | null;

  @ApiProperty({ type: PoliciesDto })
  policies: PoliciesDto;

  @ApiProperty({ format: 'date-time', example: '2026-01-15T09:30:00.000Z' })
  createdAt: string;

  static from({ id, slug, name, businessType, policies, createdAt }: TenantSettings): CurrentTenantDto {
    return {
      id,
      slug,
      companyName: name,
      businessType,
      policies: PoliciesDto.from(policies),
      createdAt: createdAt.toISOString(),
    };
  }
}

export class UpdatePoliciesDto {
  @BooleanField({ optional: true })
  requireTwoFactor?: boolean;

  @BooleanField({ optional: true })
  trustedDevices?: boolean;

  @BooleanField({ optional: true })
  apiKeysWithoutExpiry?: boolean;

  @IntegerField({
    optional: true,
    nullable: true,
    min: 300,
    max: YEAR_SECONDS,
    description:
      'Counted from the sign-in; also applies to open sessions. Null: the server’s limit, which it never ' +
      'exceeds',
  })
  sessionLifetimeSeconds?: number | null;

  @TextsField({
    optional: true,
    max: 100,
    each: 'must be domain names',
    canonical: canonicalDomain,
    description: 'The domains whose addresses may be invited. Empty: any',
  })
  invitationDomains?: string[];

  @IntegerField({
    optional: true,
    nullable: true,
    min: 0,
    max: 1_000_000,
    description: 'SMS in 24 hours. Null: the server’s budget, which it never exceeds',
  })
  smsDailyBudget?: number | null;
}

export class UpdateTenantDto {
  @NameField({
    optional: true,
    example: 'Acme Research Limited',
    max: 100,
    description: 'The slug does not change',
  })
  companyName?: string;

  @WordField({ optional: true, example: 'RETAILER' })
  businessType?: string;

  @field(
    { optional: true, example: { sessionLifetimeSeconds: 86400, invitationDomains: ['acme.com'] } },
    { type: UpdatePoliciesDto },
    IsObject(),
    ValidateNested(),
    Type(() => UpdatePoliciesDto),
  )
  policies?: UpdatePoliciesDto;
}
