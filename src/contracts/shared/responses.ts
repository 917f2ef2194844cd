import { ApiProperty } from '@nestjs/swagger';

/** A fixed text for people; clients decide by the status. */
export class MessageDto {
  @ApiProperty({ example: 'Done' })
  message: string;

  static of(message: string): MessageDto {
    return { message };
  }
}

/** A fixed text, and `success: true`. */
export class SuccessDto extends MessageDto {
  @ApiProperty({ enum: [true] })
  success: true;

  static override of(message: string): SuccessDto {
    return { success: true, message };
  }
}
