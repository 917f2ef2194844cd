import { ApiProperty } from '@nestjs/swagger';
import type { Page } from '../../../common/pagination.js';
import type { Team } from '../../../modules/groups/teams.service.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import { NameField, UuidField } from '../../shared/fields.js';

export class CreateTeamDto {
  @NameField({ example: 'Trade fair', max: 100 })
  name: string;
}

export class UpdateTeamDto {
  @NameField({ example: 'Trade fair 2027', max: 100 })
  name: string;
}

export class TeamIdDto {
  @UuidField({ example: PLACEHOLDERS.teamId })
  id: string;
}

export class TeamMemberIdDto extends TeamIdDto {
  @UuidField({ example: PLACEHOLDERS.userId, description: 'The id of the person' })
  memberId: string;
}

export class TeamDto {
  @ApiProperty({ format: 'uuid', example: PLACEHOLDERS.teamId })
  id: string;

  @ApiProperty({ example: 'Trade fair' })
  name: string;

  @ApiProperty({ format: 'date-time', example: '2026-01-15T09:30:00.000Z' })
  createdAt: string;

  static from({ id, name, createdAt }: Team): TeamDto {
    return Object.assign(new TeamDto(), { id, name, createdAt: createdAt.toISOString() });
  }
}

export class TeamPageDto {
  @ApiProperty({ type: [TeamDto] })
  data: TeamDto[];

  @ApiProperty({ type: String, nullable: true, example: null, description: 'Null on the last page' })
  nextCursor: string | null;

  static from({ data, nextCursor }: Page<Team>): TeamPageDto {
    return Object.assign(new TeamPageDto(), { data: data.map((team) => TeamDto.from(team)), nextCursor });
  }
}
