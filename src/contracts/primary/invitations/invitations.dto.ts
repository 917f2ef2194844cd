import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsUUID } from 'class-validator';
import type { ErrorCode } from '../../../common/error-catalogue.js';
import type { Identifier } from '../../../common/identifiers.js';
import type { OfferedInvitation } from '../../../modules/invitations/invitation.js';
import type { CreatedInvitation } from '../../../modules/invitations/invitations.service.js';
import { MESSAGE_PROBLEMS } from '../../../modules/messaging/messaging.errors.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import {
  EmailField,
  field,
  FullNameField,
  NameField,
  PasswordField,
  PhoneField,
  SecretField,
  UuidField,
  WordField,
} from '../../shared/fields.js';

/** The error codes of a single invitation that clients must handle. */
export const CREATE_INVITATION_PROBLEMS: readonly ErrorCode[] = [
  'role_not_found',
  'department_not_found',
  'team_not_found',
  'role_level_exceeded',
  'invitation_domain_not_allowed',
  'already_member',
  ...MESSAGE_PROBLEMS,
];

export class CreateInvitationDto {
  @EmailField({ or: 'phone', example: 'newuser@acme.com' })
  email?: string;

  @PhoneField({ or: 'email', example: undefined, description: 'Instead of `email`: the link is sent by SMS' })
  phone?: string;

  @WordField({ example: 'user', description: 'The key of one of the organisation’s roles' })
  role: string;

  @NameField({ optional: true, example: 'Jane' })
  firstName?: string;

  @NameField({ min: 0, optional: true, example: 'Smith' })
  lastName?: string;

  @FullNameField({ optional: true, description: 'Instead of `firstName` and `lastName`' })
  name?: string;

  @UuidField({ optional: true })
  departmentId?: string;

  @field(
    { optional: true },
    { type: [String], format: 'uuid', maxItems: 50 },
    IsArray(),
    ArrayMaxSize(50),
    IsUUID('all', { each: true, message: 'must be UUIDs' }),
  )
  teamIds?: string[];
}

export class InvitationDto {
  @ApiProperty({ format: 'uuid', example: '550e8400-e29b-41d4-a716-446655440000' })
  id: string;

  @ApiProperty({ type: String, nullable: true, example: 'newuser@acme.com' })
  email: string | null;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'E.164' })
  phone: string | null;

  @ApiProperty({ example: 'user' })
  role: string;

  @ApiProperty({ format: 'date-time', example: '2026-01-18T09:30:00.000Z' })
  expiresAt: string;

  @ApiProperty({ example: 'John Doe' })
  invitedBy: string;

  static from({ id, role, invitedBy, recipient, expiresAt }: CreatedInvitation): InvitationDto {
    return { id, role, invitedBy, ...recipientFields(recipient), expiresAt: expiresAt.toISOString() };
  }
}

export class InvitationTokenDto {
  @SecretField({ example: PLACEHOLDERS.invitationToken })
  token: string;
}

export class InvitationPreviewDto {
  @ApiProperty({ example: true })
  valid: boolean;

  @ApiProperty({ type: String, nullable: true, example: 'newuser@acme.com' })
  email: string | null;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'E.164' })
  phone: string | null;

  @ApiProperty({ example: 'Acme Corporation' })
  tenantName: string;

  @ApiProperty({ example: 'John Doe' })
  invitedBy: string;

  @ApiProperty({ example: 'User' })
  roleName: string;

  static from({ recipient, tenantName, invitedBy, role }: OfferedInvitation): InvitationPreviewDto {
    const fields = recipientFields(recipient);
    return { valid: true, ...fields, tenantName, invitedBy, roleName: role.name };
  }
}

export class AcceptInvitationDto {
  @SecretField({ example: PLACEHOLDERS.invitationToken })
  token: string;

  @PasswordField({
    optional: true,
    description: 'New people choose a password; people with an account send theirs, or a bearer token',
  })
  password?: string;

  @NameField({ optional: true, example: 'Jane' })
  firstName?: string;

  @NameField({ min: 0, optional: true, example: 'Smith' })
  lastName?: string;
}

export function recipientFields({ kind, value }: Identifier) {
  return { email: kind === 'email' ? value : null, phone: kind === 'phone' ? value : null };
}
