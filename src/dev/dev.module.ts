import { type DynamicModule, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import type { EphemeralDatabase } from '../common/ephemeral.js';
import { CONFIG, type Config } from '../config/config.js';
import { MessagingModule } from '../modules/messaging/messaging.module.js';
import { serveDevPages } from './dev-pages.js';
import { MessagesController } from './messages.controller.js';

/** The development inbox, and the pages that links in messages open. Production does not load this module. */
@Module({ imports: [MessagingModule], controllers: [MessagesController] })
export class DevModule implements OnModuleInit {
  /** With the operations of an ephemeral server, where there is such a database. */
  static async forRoot(ephemeral: EphemeralDatabase | undefined): Promise<DynamicModule> {
    if (!ephemeral) return { module: DevModule };
    const { EphemeralModule } = await import('./ephemeral/ephemeral.module.js');
    return { module: DevModule, imports: [EphemeralModule.forRoot(ephemeral)] };
  }

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    const fastify = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    void fastify.register(async (scope) => serveDevPages(scope, this.config));
  }
}
