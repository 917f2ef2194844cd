import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { splitName } from '../../../common/identifiers.js';
import type { Acceptance } from '../../../modules/acceptance/acceptor.js';
import type { CreatedInvitation, NewInvitation } from '../../../modules/invitations/invitations.service.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import {
  EmailField,
  FullNameField,
  PasswordField,
  PhoneField,
  SecretField,
  WordField,
} from '../../shared/fields.js';
import { roleKey, roleName } from '../roles.js';

export class CreateInvitationDto {
  @PhoneField({ example: '+919876543211' })
  phone: string;

  @WordField({ example: 'ACCOUNTANT' })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? roleKey(value) : value))
  role: string;

  @FullNameField({ optional: true, example: 'Priya Sharma' })
  name?: string;

  static toInvitation({ phone, role, name }: CreateInvitationDto): NewInvitation {
    return { recipient: { kind: 'phone', value: phone }, role, name };
  }
}

export class InvitationDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: '+919876543211' })
  phone: string;

  @ApiProperty({ example: 'ACCOUNTANT' })
  role: string;

  @ApiProperty({ format: 'date-time' })
  expiresAt: string;

  @ApiProperty({ example: 'Rajesh Kumar' })
  invitedBy: string;

  static from({ id, recipient, role, expiresAt, invitedBy }: CreatedInvitation): InvitationDto {
    return {
      id,
      phone: recipient.value,
      role: roleName(role),
      expiresAt: expiresAt.toISOString(),
      invitedBy,
    };
  }
}

export class AcceptInvitationDto {
  @SecretField({ example: PLACEHOLDERS.invitationToken, description: 'From the link in the message' })
  token: string;

  @PasswordField({
    optional: true,
    example: 'secureP@ss123',
    description: 'New people choose a password; people with an account send theirs, or a bearer token',
  })
  password?: string;

  @FullNameField({ optional: true, example: 'Priya Sharma', description: 'Default: as invited' })
  name?: string;

  @EmailField({
    optional: true,
    example: 'priya@example.com',
    description: 'Of a new person; a verification link is sent there',
  })
  email?: string;

  static toAcceptance({ name, ...body }: AcceptInvitationDto): Acceptance {
    return { ...body, ...(name !== undefined && splitName(name)) };
  }
}
