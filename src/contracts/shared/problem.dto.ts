import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ErrorCode } from '../../common/error-catalogue.js';
import type { JsonSchema } from './docs/schemas.js';

export class FieldProblemDto {
  @ApiProperty({ example: '#/email', description: 'RFC 6901 pointer into the request' })
  pointer: string;

  @ApiProperty({ example: 'is_email' })
  code: string;

  @ApiProperty({ example: 'must be an e-mail address' })
  detail: string;
}

/** RFC 9457 problem details. */
export class ProblemDto {
  @ApiProperty({ format: 'uri', example: 'https://id.example.com/problems/validation_failed' })
  type: string;

  @ApiProperty({ example: 'The request has invalid fields' })
  title: string;

  @ApiProperty({ example: 400 })
  status: number;

  @ApiProperty({ example: 'validation_failed', description: 'Stable: decide by this code' })
  code: string;

  @ApiProperty({ example: '01988b6e-7c1f-7000-8000-000000000000', description: 'The id of the request' })
  instance: string;

  @ApiPropertyOptional({ description: 'What you can do about it' })
  detail?: string;

  @ApiPropertyOptional({ type: [FieldProblemDto] })
  errors?: FieldProblemDto[];
}

/** An object whose `code` is one of these. */
export function oneOfTheCodes(codes: readonly ErrorCode[]): JsonSchema {
  return { type: 'object', required: ['code'], properties: { code: { type: 'string', enum: [...codes] } } };
}
