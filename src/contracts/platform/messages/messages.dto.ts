import { ApiProperty } from '@nestjs/swagger';
import type { MessageState } from '../../../modules/messaging/message-records.repository.js';

const STATUSES = ['recorded', 'suppressed', 'withheld', 'queued', 'sent', 'expired', 'superseded', 'failed'];
const TIME = '2026-01-15T10:00:00.000Z';

/** No content, and no recipient: whoever asks knows it. */
export class MessageStateDto {
  @ApiProperty({ format: 'uuid', example: '01988b6e-7c1f-7000-8000-00000000000a' })
  id: string;

  @ApiProperty({ enum: ['email', 'sms'], example: 'email' })
  channel: string;

  @ApiProperty({ example: 'password-reset', description: 'The kind of message' })
  template: string;

  @ApiProperty({ enum: STATUSES, example: 'sent' })
  status: string;

  @ApiProperty({ type: 'integer', example: 1, description: 'Tries to deliver it' })
  tries: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  nextTryAt: string | null;

  @ApiProperty({ format: 'date-time', example: TIME })
  createdAt: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: TIME })
  sentAt: string | null;

  static from(message: MessageState): MessageStateDto {
    const { id, channel, template, status, tries } = message;
    return {
      ...{ id, channel, template, status, tries },
      nextTryAt: message.nextTryAt?.toISOString() ?? null,
      createdAt: message.createdAt.toISOString(),
      sentAt: message.sentAt?.toISOString() ?? null,
    };
  }
}
