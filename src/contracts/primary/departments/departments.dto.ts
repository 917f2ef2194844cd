import { ApiProperty } from '@nestjs/swagger';
import type { Department } from '../../../modules/groups/departments.repository.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import { NameField, UuidField, WordField } from '../../shared/fields.js';
import { pageOf } from '../../shared/page-of.js';

export class CreateDepartmentDto {
  @NameField({ example: 'Sales', max: 100 })
  name: string;

  @UuidField({ optional: true, nullable: true, description: 'Null at the top level of the tree' })
  parentId?: string | null;

  @WordField({
    optional: true,
    nullable: true,
    description: 'A role whose permissions are added to those of every member directly in the department',
  })
  roleKey?: string | null;
}

export class UpdateDepartmentDto {
  @NameField({ optional: true, example: 'Sales and Service', max: 100 })
  name?: string;

  @UuidField({ optional: true, nullable: true, description: 'Null moves it to the top level of the tree' })
  parentId?: string | null;

  @WordField({ optional: true, nullable: true, description: 'Null removes its role' })
  roleKey?: string | null;
}

export class DepartmentIdDto {
  @UuidField({ example: PLACEHOLDERS.departmentId })
  id: string;
}

export class DeleteDepartmentDto {
  @UuidField({ optional: true, description: 'The department that its members and open invitations move to' })
  moveMembersTo?: string;
}

export class DepartmentDto {
  @ApiProperty({ format: 'uuid', example: PLACEHOLDERS.departmentId })
  id: string;

  @ApiProperty({ example: 'Sales' })
  name: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    example: null,
    description: 'Null at the top level of the tree',
  })
  parentId: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Its permissions are added to those of every member directly in the department',
  })
  roleKey: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-01-15T09:30:00.000Z' })
  createdAt: string;

  static from({ id, name, parentId, role, createdAt }: Department): DepartmentDto {
    return { id, name, parentId, roleKey: role?.key ?? null, createdAt: createdAt.toISOString() };
  }
}

export class DepartmentPageDto extends pageOf(DepartmentDto) {}
