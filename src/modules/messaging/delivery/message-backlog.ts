import { Injectable } from '@nestjs/common';
import type { Channel } from '../outgoing-message.js';
import { MessageQueue } from './message-queue.js';
import { MessageTransports } from './message-transports.js';

/** Counts the messages that wait for delivery. */
@Injectable()
export class MessageBacklog {
  constructor(
    private readonly transports: MessageTransports,
    private readonly queue: MessageQueue,
  ) {}

  /** By channel, for channels with a transport: without one nothing is queued. Makes no query if no channel has one. */
  async count(): Promise<ReadonlyMap<Channel, number>> {
    const channels = this.transports.configured.map(([channel]) => channel);
    return channels.length > 0 ? this.queue.countWaiting(channels) : new Map();
  }
}
