import { Controller, Get, Header, Param, ParseUUIDPipe, Query, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import { Authorize } from '../access/authorize.js';
import { DevelopmentHostGuard } from '../access/development-host.guard.js';
import { AppError } from '../common/app-error.js';
import { RecentMessagesService } from '../modules/messaging/recent-messages.service.js';
import { ListMessagesQueryDto, MessageDto, MessageHtmlDto } from './messages.dto.js';

const DEFAULT_LIMIT = 50;

/** The messages that were sent, for development and test suites. Not available in production. */
@ApiExcludeController()
@SkipThrottle()
@UseGuards(DevelopmentHostGuard)
@Controller('dev')
export class MessagesController {
  constructor(private readonly messages: RecentMessagesService) {}

  @Get('messages')
  @Header('Cache-Control', 'no-store')
  @Authorize.public('development only: the outbox is open to the person who runs the server')
  async listMessages(@Query() { to, limit }: ListMessagesQueryDto): Promise<MessageDto[]> {
    const messages = await this.messages.list({ to, limit: Number(limit ?? DEFAULT_LIMIT) });
    return messages.map((message) => MessageDto.from(message));
  }

  @Get('inbox/messages/:id')
  @Header('Cache-Control', 'no-store')
  @Authorize.public('development only: the HTML part of a message, for the inbox page')
  async getHtml(@Param('id', ParseUUIDPipe) id: string): Promise<MessageHtmlDto> {
    const message = await this.messages.find(id);
    if (!message) throw new AppError('not_found');
    return { html: message.html };
  }
}
