import { Module } from '@nestjs/common';
import { MessageCourier } from './delivery/message-courier.js';
import { MessageDelivery } from './delivery/message-delivery.js';
import { MessageQueue } from './delivery/message-queue.js';
import { MessageRetention } from './delivery/message-retention.js';
import { MessageTransports } from './delivery/message-transports.js';
import { MessageSeal } from './message-seal.js';
import { MessagesService } from './messages.service.js';
import { NoticesService } from './notices.service.js';
import { RecentMessagesService } from './recent-messages.service.js';

@Module({
  providers: [
    MessagesService,
    NoticesService,
    RecentMessagesService,
    MessageSeal,
    MessageTransports,
    MessageQueue,
    MessageCourier,
    MessageDelivery,
    MessageRetention,
  ],
  exports: [MessagesService, NoticesService, RecentMessagesService],
})
export class MessagingModule {}
