import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CorrespondenceService } from './correspondence.service.js';
import { DeliveryWorker } from './delivery/delivery-worker.js';
import { MessageBacklog } from './delivery/message-backlog.js';
import { MessageDelivery } from './delivery/message-delivery.js';
import { MessageQueue } from './delivery/message-queue.js';
import { MessageRetention } from './delivery/message-retention.js';
import { MessageTransports } from './delivery/message-transports.js';
import { MessageEncryption } from './message-encryption.js';
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
    MessageEncryption,
    SendBudgets,
    SpendGuard,
    SpendAlerts,
    MessageTransports,
    MessageQueue,
    DeliveryWorker,
    MessageDelivery,
    MessageBacklog,
    MessageRetention,
  ],
  exports: [MessagesService, NoticesService, RecentMessagesService, CorrespondenceService, MessageBacklog],
})
export class MessagingModule {}
