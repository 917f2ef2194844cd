import { Module } from '@nestjs/common';
import { MessagingModule } from '../../modules/messaging/messaging.module.js';
import { DevController } from './dev.controller.js';

/** The development inbox: left out of the application in production. */
@Module({ imports: [MessagingModule], controllers: [DevController] })
export class DevModule {}
