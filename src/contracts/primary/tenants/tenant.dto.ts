import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsObject, ValidateNested } from 'class-validator';
import { type Caller, permissionsOf } from '../../../common/actor.js';
import { canonicalDomain } from '../../../common/email-address.js';
import { holds } from '../../../common/permissions.js';
import { SUPPORT_ACCESS, type SupportAccess } from '../../../common/support-access.js';
import { AUDIT_MONTHS } from '../../../config/retention-variables.js';
import type { Policies, TenantSettings } from '../../../modules/tenants/tenant-settings.repository.js';
import type { SettingsChanges } from '../../../modules/tenants/tenant-settings.service.js';
import { field, IntegerField, NameField, TextField } from '../../shared/fields.js';
import {
  LocaleField,
  LocaleProperty,
  MetadataChangeDto,
  MetadataDto,
  MetadataField,
  TimeZoneField,
  TimeZoneProperty,
} from '../../shared/locale-fields.js';
import { BooleanField, ChoiceField, TextsField } from '../../shared/value-fields.js';

const YEAR_SECONDS = 31_536_000;
const WITHIN_BOUNDS =
  'within the bounds of the server, which may allow no choice. Null: the server’s setting';

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

  @ApiProperty({
    enum: SUPPORT_ACCESS,
    example: 'read',
    description: 'What operators of the service may do in the place of a member',
  })
  supportAccess: SupportAccess;

  @ApiProperty({ type: 'integer', nullable: true, example: null, description: 'Null: the server’s setting' })
  auditSignInsMonths: number | null;

  @ApiProperty({ type: 'integer', nullable: true, example: null, description: 'Null: the server’s setting' })
  auditChangesMonths: number | null;

  static from(policies: Policies): PoliciesDto {
    return {
      requireTwoFactor: policies.requireTwoFactor,
      trustedDevices: policies.trustedDevices,
      apiKeysWithoutExpiry: policies.apiKeysWithoutExpiry,
      sessionLifetimeSeconds: policies.sessionLifetimeSeconds,
      invitationDomains: policies.invitationDomains,
      smsDailyBudget: policies.smsDailyBudget,
      supportAccess: policies.supportAccess,
      auditSignInsMonths: policies.auditSignInsMonths,
      auditChangesMonths: policies.auditChangesMonths,
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

  @LocaleProperty()
  locale: string | null;

  @TimeZoneProperty()
  timeZone: string | null;

  @ApiProperty({ type: MetadataDto })
  metadata: MetadataDto;

  @ApiProperty({ format: 'date-time', example: '2026-01-15T09:30:00.000Z' })
  createdAt: string;

  /** With the private metadata only for a reader who may change the settings. */
  static from(settings: TenantSettings, reader: Caller): CurrentTenantDto {
    const { id, slug, name, businessType, policies, locale, timeZone, createdAt } = settings;
    const mayEdit = holds(permissionsOf(reader), 'settings.edit');
    return {
      id,
      slug,
      companyName: name,
      businessType,
      policies: PoliciesDto.from(policies),
      locale,
      timeZone,
      metadata: MetadataDto.of(settings.publicMetadata, mayEdit ? settings.privateMetadata : null),
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

  @ChoiceField({
    of: SUPPORT_ACCESS,
    optional: true,
    description: 'What operators of the service may do in the place of a member; also applies at once',
  })
  supportAccess?: SupportAccess;

  @IntegerField({
    optional: true,
    nullable: true,
    ...AUDIT_MONTHS.signIns,
    description: `Whole months after the end of a month for which its sign-ins and denials stay in the audit trail, ${WITHIN_BOUNDS}`,
  })
  auditSignInsMonths?: number | null;

  @IntegerField({
    optional: true,
    nullable: true,
    ...AUDIT_MONTHS.changes,
    description: `As auditSignInsMonths, for changes, ${WITHIN_BOUNDS}`,
  })
  auditChangesMonths?: number | null;
}

export class UpdateTenantDto {
  @NameField({
    optional: true,
    example: 'Acme Research Limited',
    max: 100,
    description: 'The slug does not change',
  })
  companyName?: string;

  @TextField({
    optional: true,
    nullable: true,
    example: 'RETAILER',
    max: 80,
    description: 'Null or empty: none',
  })
  businessType?: string | null;

  @field(
    { optional: true, example: { sessionLifetimeSeconds: 86400, invitationDomains: ['acme.com'] } },
    { type: UpdatePoliciesDto },
    IsObject(),
    ValidateNested(),
    Type(() => UpdatePoliciesDto),
  )
  policies?: UpdatePoliciesDto;

  @LocaleField({ description: 'The language of messages to members who have chosen none' })
  locale?: string | null;

  @TimeZoneField()
  timeZone?: string | null;

  @MetadataField(MetadataChangeDto)
  metadata?: MetadataChangeDto;

  static toChanges({ companyName: name, metadata, ...changes }: UpdateTenantDto): SettingsChanges {
    const businessType = changes.businessType === '' ? null : changes.businessType;
    return {
      name,
      ...changes,
      businessType,
      publicMetadata: metadata?.public,
      privateMetadata: metadata?.private,
    };
  }
}
