import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { MessageBacklog } from './delivery/message-backlog.js';
import { MessageCourier } from './delivery/message-courier.js';
import { MessageDelivery } from './delivery/message-delivery.js';
import { MessageQueue } from './delivery/message-queue.js';
import { MessageRetention } from './delivery/message-retention.js';
import { MessageTransports } from './delivery/message-transports.js';
import { CorrespondenceService } from './correspondence.service.js';
import { MessageSeal } from './message-seal.js';
import { MessagesService } from './messages.service.js';
import { NoticesService } from './notices.service.js';
import { RecentMessagesService } from './recent-messages.service.js';
import { SendBudgets } from './send-budgets.js';
import { SpendAlerts } from './spending/spend-alerts.js';
import { SpendGuard } from './spending/spend-guard.js';

@Module({
  imports: [AuditModule],
  providers: [
    MessagesService,
    NoticesService,
    RecentMessagesService,
    CorrespondenceService,
    MessageSeal,
    SendBudgets,
    SpendGuard,
    SpendAlerts,
    MessageTransports,
    MessageQueue,
    MessageCourier,
    MessageDelivery,
    MessageBacklog,
    MessageRetention,
  ],
  exports: [MessagesService, NoticesService, RecentMessagesService, CorrespondenceService, MessageBacklog],
})
export class MessagingModule {}
