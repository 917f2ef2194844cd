import { ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import type { ErrorCode } from '../../../common/error-catalogue.js';
import type { JsonSchema } from '../../shared/docs/schemas.js';
import { oneOfTheCodes } from '../../shared/problem.dto.js';

export class EnvelopeErrorDto {
  @ApiProperty({ example: 'invalid_credentials', description: 'Stable: decide by this code' })
  code: string;

  @ApiPropertyOptional({ example: 'phone', description: 'The field of the request at fault, if any' })
  field?: string;

  @ApiProperty({ example: 'Check the credentials, or recover the account.' })
  message: string;
}

/** What is wrong with one field of the request. */
export class FieldErrorDto {
  @ApiProperty({ example: 'is_email', description: 'The rule that the field breaks' })
  code: string;

  @ApiProperty({ example: 'email' })
  field: string;

  @ApiProperty({ example: 'must be an e-mail address' })
  message: string;
}

/** Every error response; the HTTP status is unchanged. */
export class RefusalDto {
  @ApiProperty({ enum: [false] })
  success: false;

  @ApiProperty({ example: 'The credentials are wrong' })
  message: string;

  @ApiProperty({ type: String, nullable: true, enum: [null], example: null })
  data: null;

  @ApiProperty({ type: [EnvelopeErrorDto] })
  errors: EnvelopeErrorDto[];
}

/** An error response whose errors have these codes; only an invalid request names fields, with codes of their rules. */
export function errorsWithCodes(codes: readonly ErrorCode[]): JsonSchema {
  const coded = { allOf: [{ $ref: getSchemaPath(EnvelopeErrorDto) }, oneOfTheCodes(codes)] };
  const field = { $ref: getSchemaPath(FieldErrorDto) };
  const items = codes.includes('validation_failed') ? { anyOf: [coded, field] } : coded;
  return { type: 'object', properties: { errors: { type: 'array', items } } };
}
