import { ApiProperty } from '@nestjs/swagger';
import type { Page } from '../../../common/pagination.js';
import type { GroupMember } from '../../../modules/groups/group-members.service.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';

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
    const shown = { id, firstName, lastName, email, phone, avatar, role, status };
    return Object.assign(new GroupMemberDto(), shown);
  }
}

export class GroupMemberPageDto {
  @ApiProperty({ type: [GroupMemberDto] })
  data: GroupMemberDto[];

  @ApiProperty({ type: String, nullable: true, example: null, description: 'Null on the last page' })
  nextCursor: string | null;

  static from({ data, nextCursor }: Page<GroupMember>): GroupMemberPageDto {
    const shown = { data: data.map((member) => GroupMemberDto.from(member)), nextCursor };
    return Object.assign(new GroupMemberPageDto(), shown);
  }
}
