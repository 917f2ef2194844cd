import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import type { RecentMessage } from '../modules/messaging/recent-messages.service.js';

export class ListMessagesQueryDto {
  @IsOptional()
  @IsString()
  @MaxLength(320)
  to?: string;

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit?: number;
}

/**
 * A message of the outbox, as CI suites read it: exactly these keys, with `code` and `link` if the message has them.
 */
export class MessageDto {
  id: string;
  channel: 'sms' | 'email';
  to: string;
  template: 'otp' | 'invitation' | 'password-reset' | 'verify-email' | 'notice' | 'account-restoration';
  subject: string;
  text: string;
  code?: string;
  link?: string;
  createdAt: string;

  static from(message: RecentMessage): MessageDto {
    const { id, channel, to, template, subject, text, code, link } = message;
    const secrets = { ...(code !== undefined && { code }), ...(link !== undefined && { link }) };
    return {
      id,
      channel,
      to,
      template,
      subject,
      text,
      ...secrets,
      createdAt: message.createdAt.toISOString(),
    };
  }
}

export class MessageHtmlDto {
  html: string;
}
