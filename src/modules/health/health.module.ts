import { Module } from '@nestjs/common';
import { MessagingModule } from '../messaging/messaging.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { RekeyingModule } from '../rekeying/rekeying.module.js';
import { CLOCK, type Clock } from './clock-skew.js';
import { Draining } from './draining.js';
import { MetricsPage } from './metrics-page.js';
import { Readiness } from './readiness.js';
import { ReadinessRepository } from './readiness.repository.js';

@Module({
  imports: [MessagingModule, PasswordsModule, RekeyingModule],
  providers: [
    Draining,
    Readiness,
    ReadinessRepository,
    MetricsPage,
    { provide: CLOCK, useValue: (() => Date.now()) satisfies Clock },
  ],
  exports: [Draining, Readiness, MetricsPage],
})
export class HealthModule {}
