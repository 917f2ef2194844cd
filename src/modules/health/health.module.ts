import { Module } from '@nestjs/common';
import { MessagingModule } from '../messaging/messaging.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { Draining } from './draining.js';
import { MetricsPage } from './metrics-page.js';
import { Readiness } from './readiness.js';

@Module({
  imports: [MessagingModule, PasswordsModule],
  providers: [Draining, Readiness, MetricsPage],
  exports: [Draining, Readiness, MetricsPage],
})
export class HealthModule {}
