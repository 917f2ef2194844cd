import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsUUID } from 'class-validator';
import type { Invitation } from '../../../modules/invitations/invitation.js';
import type { CreatedInvitation } from '../../../modules/invitations/invitations.service.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import {
  EmailField,
  field,
  NameField,
  PasswordField,
  SecretField,
  UuidField,
  WordField,
} from '../../shared/fields.js';

export class CreateInvitationDto {
  @EmailField({ example: 'newuser@acme.com' })
  email: string;

  @WordField({ example: 'user', description: 'The key of one of the organisation’s roles' })
  role: string;

  @NameField({ optional: true, example: 'Jane' })
  firstName?: string;

  @NameField({ optional: true, example: 'Smith' })
  lastName?: string;

  @NameField({ optional: true, max: 160, description: 'In place of `firstName` and `lastName`' })
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

  @ApiProperty({ example: 'newuser@acme.com' })
  email: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  phone: null;

  @ApiProperty({ example: 'user' })
  role: string;

  @ApiProperty({ format: 'date-time', example: '2026-01-18T09:30:00.000Z' })
  expiresAt: string;

  @ApiProperty({ example: 'John Doe' })
  invitedBy: string;

  static from(invitation: CreatedInvitation): InvitationDto {
    return Object.assign(new InvitationDto(), invitation, { expiresAt: invitation.expiresAt.toISOString() });
  }
}

export class InvitationTokenDto {
  @SecretField({ example: PLACEHOLDERS.invitationToken })
  token: string;
}

export class InvitationPreviewDto {
  @ApiProperty({ example: true })
  valid: boolean;

  @ApiProperty({ example: 'newuser@acme.com' })
  email: string;

  @ApiProperty({ example: 'Acme Corporation' })
  tenantName: string;

  @ApiProperty({ example: 'John Doe' })
  invitedBy: string;

  @ApiProperty({ example: 'User' })
  roleName: string;

  static from({ email, tenantName, invitedBy, role }: Invitation): InvitationPreviewDto {
    const shown = { valid: true, email, tenantName, invitedBy, roleName: role.name };
    return Object.assign(new InvitationPreviewDto(), shown);
  }
}

export class AcceptInvitationDto {
  @SecretField({ example: PLACEHOLDERS.invitationToken })
  token: string;

  @PasswordField({
    optional: true,
    description: 'New people choose one; others send theirs, or a bearer token',
  })
  password?: string;

  @NameField({ optional: true, example: 'Jane' })
  firstName?: string;

  @NameField({ optional: true, example: 'Smith' })
  lastName?: string;
}
