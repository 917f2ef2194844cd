import { ApiProperty } from '@nestjs/swagger';
import type { Page } from '../../../common/pagination.js';
import type { Department } from '../../../modules/groups/departments.service.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import { NameField, UuidField, WordField } from '../../shared/fields.js';

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
    const shown = { id, name, parentId, roleKey: role?.key ?? null, createdAt: createdAt.toISOString() };
    return Object.assign(new DepartmentDto(), shown);
  }
}

export class DepartmentPageDto {
  @ApiProperty({ type: [DepartmentDto] })
  data: DepartmentDto[];

  @ApiProperty({ type: String, nullable: true, example: null, description: 'Null on the last page' })
  nextCursor: string | null;

  static from({ data, nextCursor }: Page<Department>): DepartmentPageDto {
    const shown = { data: data.map((department) => DepartmentDto.from(department)), nextCursor };
    return Object.assign(new DepartmentPageDto(), shown);
  }
}
