import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { CONFIG, type Config } from '../config/config.js';
import { MessagingModule } from '../modules/messaging/messaging.module.js';
import { serveDevPages } from './dev-pages.js';
import { MessagesController } from './messages.controller.js';

/** The development inbox, and the pages that links in messages open. Production does not load this module. */
@Module({ imports: [MessagingModule], controllers: [MessagesController] })
export class DevModule implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    const fastify = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    void fastify.register(async (scope) => serveDevPages(scope, this.config));
  }
}
