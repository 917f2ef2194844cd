import { Injectable } from '@nestjs/common';
import { MessageRecordsRepository } from '../message-records.repository.js';
import type { Channel } from '../outgoing-message.js';
import { MessageTransports } from './message-transports.js';

/** Counts the messages that wait for delivery. */
@Injectable()
export class MessageBacklog {
  constructor(
    private readonly transports: MessageTransports,
    private readonly records: MessageRecordsRepository,
  ) {}

  /** By channel, for channels with a transport: without one nothing is queued. Makes no query if no channel has one. */
  async count(): Promise<ReadonlyMap<Channel, number>> {
    const channels = this.transports.configured.map(([channel]) => channel);
    return channels.length > 0 ? this.records.countWaiting(channels) : new Map();
  }
}
