import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

class EnvelopeErrorDto {
  @ApiProperty({ example: 'invalid_credentials', description: 'Stable: decide by this code' })
  code: string;

  @ApiPropertyOptional({ example: 'phone', description: 'The field of the request at fault, if any' })
  field?: string;

  @ApiProperty({ example: 'Check the credentials, or recover the account.' })
  message: string;
}

/** Every error response; the HTTP status is unchanged. */
export class RefusalDto {
  @ApiProperty({ enum: [false] })
  success: false;

  @ApiProperty({ example: 'The credentials are wrong' })
  message: string;

  @ApiProperty({ type: Object, nullable: true, enum: [null], example: null })
  data: null;

  @ApiProperty({ type: [EnvelopeErrorDto] })
  errors: EnvelopeErrorDto[];
}
