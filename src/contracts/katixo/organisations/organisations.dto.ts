import { ApiProperty } from '@nestjs/swagger';
import type { Organisation } from '../../../modules/tenants/organisations.repository.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import { NameField, UuidField } from '../../shared/fields.js';
import { roleName } from '../roles.js';

const UUID_EXAMPLE = 'b7d2f8a0-1234-4567-89ab-cdef01234567';

export class OrganisationDto {
  @ApiProperty({ format: 'uuid', example: UUID_EXAMPLE })
  id: string;

  @ApiProperty({ example: 'Kumar General Store' })
  name: string;

  @ApiProperty({ example: 'kumar-general-store' })
  slug: string;

  @ApiProperty({ type: String, nullable: true, example: 'RETAILER' })
  businessType: string | null;

  @ApiProperty({ example: 'OWNER', description: 'Your role in the organisation' })
  role: string;

  @ApiProperty({ example: 100, minimum: 0, maximum: 100 })
  roleLevel: number;

  @ApiProperty({ example: true, description: 'True for the active organisation of your session' })
  active: boolean;

  static from({ id, name, slug, businessType, role, roleLevel, active }: Organisation): OrganisationDto {
    return { id, name, slug, businessType, role: roleName(role), roleLevel, active };
  }
}

export class CreateOrganisationDto {
  @NameField({ example: 'Kumar Wholesale', max: 100 })
  name: string;

  @NameField({ optional: true, example: 'WHOLESALER', max: 64 })
  businessType?: string;
}

export class SwitchOrganisationDto {
  @UuidField({ example: PLACEHOLDERS.organisationId })
  orgId: string;
}
