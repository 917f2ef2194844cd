import { ApiProperty } from '@nestjs/swagger';

/** A fixed text for people; clients look at the status. */
export class MessageDto {
  @ApiProperty({ example: 'Done' })
  message: string;

  static of(message: string): MessageDto {
    return Object.assign(new MessageDto(), { message });
  }
}
