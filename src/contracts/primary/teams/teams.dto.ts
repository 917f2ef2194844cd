import { ApiProperty } from '@nestjs/swagger';
import type { Team } from '../../../modules/groups/teams.repository.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import { NameField, UuidField } from '../../shared/fields.js';
import { pageOf } from '../../shared/page-of.js';

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
    return { id, name, createdAt: createdAt.toISOString() };
  }
}

export class TeamPageDto extends pageOf(TeamDto) {}
