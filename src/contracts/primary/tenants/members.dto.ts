import { ApiProperty } from '@nestjs/swagger';
import { type Caller, permissionsOf } from '../../../common/actor.js';
import { holds } from '../../../common/permissions.js';
import type { GivenMember } from '../../../modules/tenants/member-changes.service.js';
import type { Member, MemberFilter } from '../../../modules/tenants/members.repository.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import { NameField, UuidField, WordField } from '../../shared/fields.js';
import {
  LocaleProperty,
  MemberMetadataChangeDto,
  MetadataDto,
  MetadataField,
  TimeZoneProperty,
} from '../../shared/locale-fields.js';
import { pageOf } from '../../shared/page-of.js';
import { PageQueryDto } from '../../shared/page-query.dto.js';
import { ChoiceField, TextsField, UuidsField } from '../../shared/value-fields.js';

const STATUSES = ['active', 'suspended'] as const;
const MAX_AGENT_NAME = 64;

export class MemberIdDto {
  @UuidField({ example: PLACEHOLDERS.memberId, description: 'The id of the person, as in `me`' })
  id: string;
}

export class MembersQueryDto extends PageQueryDto {
  @NameField({ optional: true, max: 100, description: 'A part of the name, e-mail address or phone number' })
  search?: string;

  @WordField({ optional: true, description: 'The key of a role' })
  role?: string;

  @UuidField({ optional: true })
  departmentId?: string;

  @ChoiceField({ optional: true, of: STATUSES })
  status?: Member['status'];

  static toFilter({ limit, cursor, ...filter }: MembersQueryDto): MemberFilter {
    return { ...filter, ...PageQueryDto.toRequest({ limit, cursor }) };
  }
}

export class MemberDto {
  @ApiProperty({ format: 'uuid', example: PLACEHOLDERS.memberId, description: 'The id of the person' })
  id: string;

  @ApiProperty({ type: String, nullable: true, example: 'newuser@acme.com' })
  email: string | null;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'E.164' })
  phone: string | null;

  @ApiProperty({ example: 'Jane' })
  firstName: string;

  @ApiProperty({ example: 'Smith' })
  lastName: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  avatar: string | null;

  @ApiProperty({ example: 'manager' })
  role: string;

  @ApiProperty({ example: 50, minimum: 0, maximum: 100 })
  roleLevel: number;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, example: null })
  departmentId: string | null;

  @ApiProperty({ type: [String], format: 'uuid', example: [] })
  teamIds: string[];

  @ApiProperty({ type: [String], example: ['agent-7'] })
  assignedAgents: string[];

  @LocaleProperty()
  locale: string | null;

  @TimeZoneProperty()
  timeZone: string | null;

  @ApiProperty({ type: MetadataDto })
  metadata: MetadataDto;

  @ApiProperty({ enum: STATUSES, example: 'active' })
  status: Member['status'];

  @ApiProperty({ format: 'date-time', example: '2026-01-15T09:30:00.000Z' })
  joinedAt: string;

  /** With the private metadata only for a reader who may change members. */
  static from(member: Member, reader: Caller): MemberDto {
    const { id, email, phone, firstName, lastName, role, roleLevel } = member;
    const { departmentId, teamIds, assignedAgents, locale, timeZone, status } = member;
    const mayEdit = holds(permissionsOf(reader), 'members.edit');
    return {
      ...{ id, email, phone, firstName, lastName, role, roleLevel },
      ...{ departmentId, teamIds, assignedAgents, locale, timeZone, status },
      metadata: MetadataDto.of(member.publicMetadata, mayEdit ? member.privateMetadata : null),
      avatar: member.avatar === null ? null : `/uploads/avatars/${member.avatar}`,
      joinedAt: member.joinedAt.toISOString(),
    };
  }
}

export class MemberPageDto extends pageOf(MemberDto) {}

export class UpdateMemberDto {
  @WordField({ optional: true, example: 'manager', description: 'The key of a role, not above your own' })
  role?: string;

  @UuidField({ optional: true, nullable: true, description: 'Null: no department' })
  departmentId?: string | null;

  @UuidsField({
    optional: true,
    max: 500,
    description: 'The complete list: the member leaves all other teams',
  })
  teamIds?: string[];

  @TextsField({
    optional: true,
    example: ['agent-7'],
    max: 100,
    each: `must be texts of 1 to ${MAX_AGENT_NAME} characters`,
    canonical: agentName,
    description: 'Names that your product gives to the records the member is responsible for',
  })
  assignedAgents?: string[];

  @MetadataField(MemberMetadataChangeDto)
  metadata?: MemberMetadataChangeDto;

  static toChanges({ metadata, ...changes }: UpdateMemberDto): GivenMember {
    return { ...changes, privateMetadata: metadata?.private, publicMetadata: metadata?.public };
  }
}

export class TransferDto {
  @UuidField({ example: PLACEHOLDERS.memberId, description: 'The member who gets your top-level role' })
  memberId: string;

  @WordField({ optional: true, description: 'Your new role; if absent, you keep yours' })
  role?: string;
}

function agentName(text: string): string | null {
  const name = text.trim();
  return name.length >= 1 && name.length <= MAX_AGENT_NAME && !/\p{Cc}/u.test(name) ? name : null;
}
