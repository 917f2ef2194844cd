import { Module } from '@nestjs/common';
import { MessagingModule } from '../messaging/messaging.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { MetricsPage } from './metrics-page.js';
import { Readiness } from './readiness.js';

@Module({
  imports: [MessagingModule, PasswordsModule],
  providers: [Readiness, MetricsPage],
  exports: [Readiness, MetricsPage],
})
export class HealthModule {}
