import { ApiProperty } from '@nestjs/swagger';
import type { GroupMember } from '../../../modules/groups/group-members.repository.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import { pageOf } from '../../shared/page-of.js';

export class GroupMemberDto {
  @ApiProperty({ format: 'uuid', example: PLACEHOLDERS.userId, description: 'The id of the person' })
  id: string;

  @ApiProperty({ example: 'Jane' })
  firstName: string;

  @ApiProperty({ example: 'Smith' })
  lastName: string;

  @ApiProperty({ type: String, nullable: true, example: 'newuser@acme.com' })
  email: string | null;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'E.164' })
  phone: string | null;

  @ApiProperty({ type: String, nullable: true, example: '/uploads/avatars/uuid.jpg' })
  avatar: string | null;

  @ApiProperty({ example: 'user', description: 'The key of their own role' })
  role: string;

  @ApiProperty({ enum: ['active', 'suspended'], example: 'active' })
  status: string;

  static from(member: GroupMember): GroupMemberDto {
    const { id, firstName, lastName, email, phone, role, status } = member;
    const avatar = member.avatar === null ? null : `/uploads/avatars/${member.avatar}`;
    return { id, firstName, lastName, email, phone, avatar, role, status };
  }
}

export class GroupMemberPageDto extends pageOf(GroupMemberDto) {}
