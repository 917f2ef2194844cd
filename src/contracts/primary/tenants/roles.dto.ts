import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { Matches, ValidateBy } from 'class-validator';
import { RefusesWords } from '../../../access/validation.js';
import type { PermissionMap } from '../../../common/permissions.js';
import type { CatalogueEntry } from '../../../modules/tenants/role-permissions.js';
import type { ManagedRole } from '../../../modules/tenants/roles.repository.js';
import { UNKNOWN_PERMISSION } from '../../../modules/tenants/tenants.errors.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import { field, type FieldOptions, NameField, UuidField } from '../../shared/fields.js';
import { IntegerField } from '../../shared/fields.js';
import { pageOf } from '../../shared/page-of.js';

const PERMISSIONS_SCHEMA = {
  type: 'object',
  additionalProperties: { type: 'object', additionalProperties: { type: 'boolean' } },
} as const;

const PermissionsField = (options: FieldOptions) =>
  field(
    { description: 'An absent action is not allowed', ...options },
    PERMISSIONS_SCHEMA,
    // The value as sent: the transformation would silently drop names such as toString
    Transform(({ obj, key }: { obj: Record<string, unknown>; key: string }) => obj[key]),
    ValidateBy({
      name: 'isPermissions',
      validator: {
        validate: (map: unknown) => isMap(map) && Object.values(map).every(areDecisions),
        defaultMessage: () => 'must say true or false for actions of resources',
      },
    }),
    RefusesWords(UNKNOWN_PERMISSION),
  );

const LevelField = (options: FieldOptions & { max: number }) =>
  IntegerField({ description: 'Not above your own; 100 is the template’s top role', ...options, min: 0 });

export class RoleIdDto {
  @UuidField({ example: PLACEHOLDERS.roleId })
  id: string;
}

export class CreateRoleDto {
  @field(
    { example: 'auditor', description: 'Lower-case; cannot be changed later' },
    { type: String, pattern: '^[a-z][a-z0-9_-]{0,39}$' },
    Matches(/^[a-z][a-z0-9_-]{0,39}$/, { message: 'must be a lower-case word' }),
  )
  key: string;

  @NameField({ example: 'Auditor' })
  name: string;

  @LevelField({ example: 20, max: 99 })
  level: number;

  @PermissionsField({ example: { leads: { view: true }, members: { view: true } } })
  permissions: PermissionMap;
}

export class UpdateRoleDto {
  @NameField({ optional: true, example: 'Senior auditor' })
  name?: string;

  @LevelField({
    optional: true,
    example: 30,
    max: 100,
    description: 'Not above your own; 100 only for the template’s top role, which keeps it',
  })
  level?: number;

  @PermissionsField({
    optional: true,
    example: { leads: { view: true, edit: true } },
    description: 'The complete map: an absent action is no longer allowed',
  })
  permissions?: PermissionMap;
}

export class DeleteRoleQueryDto {
  @UuidField({ optional: true, description: 'The role its members and open invitations get' })
  moveMembersTo?: string;
}

export class RoleDto {
  @ApiProperty({ format: 'uuid', example: PLACEHOLDERS.roleId })
  id: string;

  @ApiProperty({ example: 'auditor' })
  key: string;

  @ApiProperty({ example: 'Auditor' })
  name: string;

  @ApiProperty({ example: 20, minimum: 0, maximum: 100 })
  level: number;

  @ApiProperty({
    ...PERMISSIONS_SCHEMA,
    example: { leads: { view: true, create: false, edit: false, delete: false } },
  })
  permissions: PermissionMap;

  @ApiProperty({ type: 'integer', example: 0, description: 'The number of members with this role' })
  memberCount: number;

  @ApiProperty({ format: 'date-time', example: '2026-01-15T09:30:00.000Z' })
  createdAt: string;

  static from(role: ManagedRole): RoleDto {
    const { id, key, name, level, permissions, memberCount, createdAt } = role;
    return { id, key, name, level, permissions, memberCount, createdAt: createdAt.toISOString() };
  }
}

export class RolePageDto extends pageOf(RoleDto) {}

export class CataloguedResourceDto {
  @ApiProperty({ example: 'members' })
  resource: string;

  @ApiProperty({ type: [String], example: ['view', 'edit', 'delete'] })
  actions: string[];

  @ApiProperty({
    type: [String],
    example: ['view'],
    description: 'The permissions that you hold, and can therefore grant',
  })
  held: string[];

  static from({ resource, actions, held }: CatalogueEntry): CataloguedResourceDto {
    return { resource, actions, held };
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function areDecisions(value: unknown): boolean {
  return isMap(value) && Object.values(value).every((allowed) => typeof allowed === 'boolean');
}
