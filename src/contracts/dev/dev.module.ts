import { Module } from '@nestjs/common';
import { MessagingModule } from '../../modules/messaging/messaging.module.js';
import { DevController } from './dev.controller.js';
import { LandingController } from './landing/landing.controller.js';

/** The development inbox and the pages that its links open. Production leaves the module out. */
@Module({ imports: [MessagingModule], controllers: [DevController, LandingController] })
export class DevModule {}
