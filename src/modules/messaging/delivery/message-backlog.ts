import { Injectable } from '@nestjs/common';
import type { Channel } from '../outgoing-message.js';
import { DeliveryRepository } from './delivery.repository.js';
import { MessageTransports } from './message-transports.js';

/** Counts the messages that wait for delivery. */
@Injectable()
export class MessageBacklog {
  constructor(
    private readonly transports: MessageTransports,
    private readonly repository: DeliveryRepository,
  ) {}

  /** By channel, for channels with a transport: without one nothing is queued. Makes no query if no channel has one. */
  async count(): Promise<ReadonlyMap<Channel, number>> {
    const channels = this.transports.configured.map(([channel]) => channel);
    return channels.length > 0 ? this.repository.countWaiting(channels) : new Map();
  }
}
