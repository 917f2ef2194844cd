import { ApiProperty } from '@nestjs/swagger';

/** The operation succeeded; the text is for people. */
export class SuccessDto {
  @ApiProperty({ enum: [true] })
  success: true;

  @ApiProperty({ example: 'Logged out successfully' })
  message: string;

  static of(message: string): SuccessDto {
    return { success: true, message };
  }
}
