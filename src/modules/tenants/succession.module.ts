import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { SuccessionService } from './succession.service.js';

/** Apart from the room's other services, which need people: whoever closes an account needs this one. */
@Module({
  imports: [AuditModule, MessagingModule],
  providers: [SuccessionService],
  exports: [SuccessionService],
})
export class SuccessionModule {}
