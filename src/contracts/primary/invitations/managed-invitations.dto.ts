import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import {
  INVITATION_STATES,
  type InvitationState,
  type ListedInvitation,
} from '../../../modules/invitations/invitations.repository.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import { field, UuidField } from '../../shared/fields.js';
import { pageOf } from '../../shared/page-of.js';
import { PageQueryDto } from '../../shared/page-query.dto.js';
import { recipientFields } from './invitations.dto.js';

export class InvitationIdDto {
  @UuidField({ example: PLACEHOLDERS.invitationId })
  id: string;
}

export class InvitationQueryDto extends PageQueryDto {
  @field(
    { optional: true, description: 'Default: all' },
    { type: String, enum: INVITATION_STATES },
    IsIn(INVITATION_STATES),
  )
  state?: InvitationState;
}

export class ListedInvitationDto {
  @ApiProperty({ format: 'uuid', example: PLACEHOLDERS.invitationId })
  id: string;

  @ApiProperty({ type: String, nullable: true, example: 'newuser@acme.com' })
  email: string | null;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'E.164' })
  phone: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Jane' })
  firstName: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Smith' })
  lastName: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'user', description: 'Null if the role was deleted' })
  role: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, example: null })
  departmentId: string | null;

  @ApiProperty({ type: [String], format: 'uuid', example: [] })
  teamIds: string[];

  @ApiProperty({ example: 'John Doe', description: 'The member who sent it last' })
  invitedBy: string;

  @ApiProperty({ enum: INVITATION_STATES, example: 'open' })
  state: string;

  @ApiProperty({ format: 'date-time', example: '2026-01-15T09:30:00.000Z' })
  createdAt: string;

  @ApiProperty({ format: 'date-time', example: '2026-01-18T09:30:00.000Z' })
  expiresAt: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  acceptedAt: string | null;

  static from({ recipient, ...invitation }: ListedInvitation): ListedInvitationDto {
    const { id, firstName, lastName, role, departmentId, teamIds, invitedBy, state } = invitation;
    return {
      id,
      ...recipientFields(recipient),
      firstName,
      lastName,
      role,
      departmentId,
      teamIds,
      invitedBy,
      state,
      createdAt: invitation.createdAt.toISOString(),
      expiresAt: invitation.expiresAt.toISOString(),
      acceptedAt: invitation.acceptedAt?.toISOString() ?? null,
    };
  }
}

export class InvitationPageDto extends pageOf(ListedInvitationDto) {}
