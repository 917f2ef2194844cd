import { ApiProperty } from '@nestjs/swagger';
import type { Organisation } from '../../../modules/tenants/organisations.repository.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import { NameField, UuidField, WordField } from '../../shared/fields.js';

export class OrganisationDto {
  @ApiProperty({ format: 'uuid', example: PLACEHOLDERS.organisationId })
  id: string;

  @ApiProperty({ example: 'Acme Corporation' })
  name: string;

  @ApiProperty({ example: 'acme-corporation' })
  slug: string;

  @ApiProperty({ type: String, nullable: true, example: 'RETAILER' })
  businessType: string | null;

  @ApiProperty({ example: 'admin', description: 'Your role in the organisation' })
  role: string;

  @ApiProperty({ example: 100, minimum: 0, maximum: 100 })
  roleLevel: number;

  @ApiProperty({ example: true, description: 'True for the active organisation of your session' })
  active: boolean;

  static from(organisation: Organisation): OrganisationDto {
    const { id, name, slug, businessType, role, roleLevel, active } = organisation;
    return { id, name, slug, businessType, role, roleLevel, active };
  }
}

export class CreateOrganisationDto {
  @NameField({ example: 'Acme Research', max: 100 })
  name: string;

  @WordField({ optional: true, example: 'RETAILER' })
  businessType?: string;
}

export class SwitchOrganisationDto {
  @UuidField({ example: PLACEHOLDERS.organisationId })
  orgId: string;
}

export class OrganisationIdDto {
  @UuidField({ example: PLACEHOLDERS.organisationId })
  id: string;
}
