import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, ValidateBy, type ValidationArguments } from 'class-validator';
import { type Permission, PERMISSION_CATALOGUE, PERMISSIONS } from '../../../common/permissions.js';
import type { Obstacle } from '../../../modules/tenants/authorization.service.js';
import { field, SecretField } from '../../shared/fields.js';
import { ActDto } from './introspection.dto.js';

const RESOURCES = Object.keys(PERMISSION_CATALOGUE);
const ACTIONS = [...new Set(PERMISSIONS.map((permission) => permission.split('.')[1] ?? ''))];
const OBSTACLES: Obstacle[] = [
  'permission_missing',
  'scope_missing',
  'no_active_tenant',
  'two_factor_enrolment_required',
  'token_inactive',
];

const nameOf = ({ resource, action }: AuthorizeDto): Permission => `${resource}.${action}`;

export class AuthorizeDto {
  @field(
    { example: 'leads', description: 'A resource of the permission catalogue' },
    { type: String, enum: RESOURCES },
    IsIn(RESOURCES, { message: 'must be a resource of the permission catalogue' }),
  )
  resource: string;

  @field(
    { example: 'view', description: 'An action of that resource' },
    { type: String, enum: ACTIONS },
    ValidateBy({
      name: 'isAction',
      validator: {
        validate: (_: unknown, context?: ValidationArguments) =>
          PERMISSIONS.includes(nameOf(context?.object as AuthorizeDto)),
        defaultMessage: () => 'must be an action that the resource has',
      },
    }),
  )
  action: string;

  @SecretField({ optional: true, description: 'The credential of your caller; default: the one you send' })
  token?: string;

  static toPermission(body: AuthorizeDto): Permission {
    return nameOf(body);
  }
}

export class AuthorizationDto {
  @ApiProperty({ example: true })
  allowed: boolean;

  @ApiProperty({ type: String, nullable: true, enum: [...OBSTACLES, null], example: null })
  reason: Obstacle | null;

  @ApiPropertyOptional({ type: ActDto, description: 'The operator who acts in the place of the person' })
  act?: ActDto;

  static of(obstacle: Obstacle | null, operatorId: string | null): AuthorizationDto {
    return { allowed: obstacle === null, reason: obstacle, act: ActDto.of(operatorId) };
  }
}
