import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { PartitionsModule } from '../partitions/partitions.module.js';
import { CorrespondenceService } from './correspondence.service.js';
import { DeliveryRepository } from './delivery/delivery.repository.js';
import { DeliveryLeases } from './delivery/delivery-leases.js';
import { DeliverySignal } from './delivery/delivery-signal.js';
import { DeliveryWorker } from './delivery/delivery-worker.js';
import { MessageBacklog } from './delivery/message-backlog.js';
import { MessageDelivery } from './delivery/message-delivery.js';
import { MessageRetention } from './delivery/message-retention.js';
import { MessageTransports } from './delivery/message-transports.js';
import { EncryptedMessagesRepository } from './encrypted-messages.repository.js';
import { MessageEncryption } from './message-encryption.js';
import { MessageRecordsRepository } from './message-records.repository.js';
import { MessageStatesService } from './message-states.service.js';
import { MessagesRepository } from './messages.repository.js';
import { MessagesService } from './messages.service.js';
import { NoticesRepository } from './notices.repository.js';
import { NoticesService } from './notices.service.js';
import { RecentMessagesService } from './recent-messages.service.js';
import { SendBudgets } from './send-budgets.js';
import { SmsSpendingRepository } from './spending/sms-spending.repository.js';
import { SpendAlerts } from './spending/spend-alerts.js';
import { SpendGuard } from './spending/spend-guard.js';

@Module({
  imports: [AuditModule, PartitionsModule],
  providers: [
    MessagesService,
    NoticesService,
    MessageStatesService,
    RecentMessagesService,
    CorrespondenceService,
    EncryptedMessagesRepository,
    MessagesRepository,
    MessageRecordsRepository,
    NoticesRepository,
    MessageEncryption,
    SendBudgets,
    SmsSpendingRepository,
    SpendGuard,
    SpendAlerts,
    MessageTransports,
    DeliveryRepository,
    DeliverySignal,
    DeliveryLeases,
    DeliveryWorker,
    MessageDelivery,
    MessageBacklog,
    MessageRetention,
  ],
  exports: [
    EncryptedMessagesRepository,
    MessagesService,
    NoticesService,
    RecentMessagesService,
    CorrespondenceService,
    MessageBacklog,
    MessageStatesService,
  ],
})
export class MessagingModule {}
