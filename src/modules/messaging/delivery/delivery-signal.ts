import { Injectable } from '@nestjs/common';
import type { Channel } from '../outgoing-message.js';

/** Tells the delivery loops of this server at once that there is a message for them. */
@Injectable()
export class DeliverySignal {
  private readonly listeners = new Map<Channel, () => void>();

  listen(channel: Channel, listener: () => void): void {
    this.listeners.set(channel, listener);
  }

  wake(channel: Channel): void {
    this.listeners.get(channel)?.();
  }
}
