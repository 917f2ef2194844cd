import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

class EnvelopeErrorDto {
  @ApiProperty({ example: 'invalid_credentials', description: 'Stable: switch on this one' })
  code: string;

  @ApiPropertyOptional({ example: 'phone', description: 'Of the request, where one is at fault' })
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
