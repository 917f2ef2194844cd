import { Injectable } from '@nestjs/common';
import type { Channel } from '../outgoing-message.js';
import { MessageQueue } from './message-queue.js';
import { MessageTransports } from './message-transports.js';

/** How many messages wait to leave the house. */
@Injectable()
export class MessageBacklog {
  constructor(
    private readonly transports: MessageTransports,
    private readonly queue: MessageQueue,
  ) {}

  /** By channel, of those that have a transport; without one nothing waits, and nobody is asked. */
  async count(): Promise<ReadonlyMap<Channel, number>> {
    const channels = this.transports.configured.map(([channel]) => channel);
    return channels.length > 0 ? this.queue.countWaiting(channels) : new Map();
  }
}
