import { ApiProperty } from '@nestjs/swagger';
import type { Limit } from '../../../modules/operators/limits.service.js';
import { TextField } from '../../shared/fields.js';
import { ActDto } from '../act.dto.js';

const KINDS = ['password', 'current-password', 'sign-in-code', 'recovery-code', 'second-factor'];

export class LimitDto {
  @ApiProperty({ enum: KINDS, example: 'password', description: 'What is guessed' })
  kind: string;

  @ApiProperty({ type: 'integer', example: 6, description: 'Failures in a row' })
  failures: number;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-01-15T10:00:00.000Z',
    description: 'Until then the next guess is refused; null: it is not',
  })
  blockedUntil: string | null;

  static from({ kind, failures, blockedUntil }: Limit): LimitDto {
    return { kind, failures, blockedUntil: blockedUntil?.toISOString() ?? null };
  }
}

export class LiftLimitsDto extends ActDto {
  @TextField({ max: 320, example: 'jane@acme.com', description: 'The exact e-mail address or phone number' })
  identifier: string;
}
