import { ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsObject } from 'class-validator';
import { AppError } from '../../../common/app-error.js';
import { ERROR_CATALOGUE, type ErrorCode } from '../../../common/error-catalogue.js';
import type { CreatedInvitation } from '../../../modules/invitations/invitations.service.js';
import { field } from '../../shared/fields.js';
import { FieldProblemDto } from '../../shared/problem.dto.js';
import { CREATE_INVITATION_PROBLEMS, CreateInvitationDto, InvitationDto } from './invitations.dto.js';

const MAX_LINES = 100;
const EXAMPLE = [
  { email: 'ada@acme.com', role: 'user' },
  { email: 'grace@acme.com', role: 'manager', firstName: 'Grace' },
];

export class BulkInvitationDto {
  // No ValidateNested: an invalid line is refused by itself, and the other lines are processed
  @field(
    { example: EXAMPLE },
    { type: [CreateInvitationDto], minItems: 1, maxItems: MAX_LINES },
    IsArray(),
    ArrayMinSize(1),
    ArrayMaxSize(MAX_LINES),
    IsObject({ each: true, message: 'must be a list of objects' }),
  )
  invitations: object[];
}

/** What a single invitation may be refused with, and what only a list may. */
const LINE_PROBLEMS: ErrorCode[] = [
  'validation_failed',
  ...CREATE_INVITATION_PROBLEMS,
  'recipient_repeated',
  'access_token_invalid',
  'permission_missing',
  'no_active_tenant',
  'identifier_unverified',
  'service_unavailable',
  'internal_error',
];

class LineRefusalDto {
  @ApiProperty({
    type: String,
    enum: LINE_PROBLEMS,
    example: 'already_member',
    description: 'Stable: decide by this code',
  })
  code: ErrorCode;

  @ApiProperty({ example: 'This person is already a member' })
  detail: string;

  @ApiPropertyOptional({ type: [FieldProblemDto] })
  errors?: FieldProblemDto[];

  @ApiPropertyOptional({ example: 60, description: 'Seconds to wait, if the line can be tried again' })
  retryAfter?: number;

  static from(error: AppError, index: number): LineRefusalDto {
    const { code } = error;
    const { errors, retryAfterSeconds: retryAfter } = error.options;
    const moved = errors?.map((error) => ({
      ...error,
      pointer: error.pointer.replace(/^#/, `#/invitations/${index}`),
    }));
    return {
      code,
      detail: error.printDetail() ?? ERROR_CATALOGUE[code].title,
      errors: moved,
      retryAfter,
    };
  }
}

export class InvitedLineDto {
  @ApiProperty({ example: 0, description: 'The position of the line in the list' })
  index: number;

  @ApiProperty({ enum: ['invited'] })
  status: 'invited';

  @ApiProperty({ type: InvitationDto })
  invitation: InvitationDto;
}

export class RefusedLineDto {
  @ApiProperty({ example: 1, description: 'The position of the line in the list' })
  index: number;

  @ApiProperty({ enum: ['refused'] })
  status: 'refused';

  @ApiProperty({ type: LineRefusalDto })
  error: LineRefusalDto;
}

export const LINE_RESULTS = [InvitedLineDto, RefusedLineDto] as const;

function resultOf(result: CreatedInvitation | AppError, index: number): InvitedLineDto | RefusedLineDto {
  return result instanceof AppError
    ? { index, status: 'refused', error: LineRefusalDto.from(result, index) }
    : { index, status: 'invited', invitation: InvitationDto.from(result) };
}

export class BulkInvitationResultsDto {
  @ApiProperty({
    type: 'array',
    description: 'In the order of the lines',
    items: {
      oneOf: LINE_RESULTS.map((line) => ({ $ref: getSchemaPath(line) })),
      discriminator: {
        propertyName: 'status',
        mapping: { invited: getSchemaPath(InvitedLineDto), refused: getSchemaPath(RefusedLineDto) },
      },
    },
  })
  results: (InvitedLineDto | RefusedLineDto)[];

  static from(results: (CreatedInvitation | AppError)[]): BulkInvitationResultsDto {
    const shown = results.map(resultOf);
    return { results: shown };
  }
}
