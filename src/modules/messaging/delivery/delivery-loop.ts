import { setTimeout as delay } from 'node:timers/promises';
import type { Channel } from '../outgoing-message.js';
import type { DueMessage } from './delivery.repository.js';
import type { DeliveryWorker } from './delivery-worker.js';
import type { Transport } from './transport.js';

/** For messages of other servers, and for those that are tried again. */
const POLL_MS = 500;

/** Takes the due messages of one channel, as many at a time as the transport admits, and has them delivered. */
export class DeliveryLoop {
  private readonly underway = new Set<Promise<void>>();
  private isWoken = false;
  private endPause = (): void => undefined;

  constructor(
    private readonly channel: Channel,
    private readonly transport: Transport,
    private readonly worker: DeliveryWorker,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  async run(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted) {
      this.isWoken = false;
      const free = this.transport.capacity(this.underway.size);
      for (const message of free > 0 ? await this.take(free) : []) this.process(message);
      await this.pause(stopping);
    }
  }

  /** Looks for messages at once. */
  wake(): void {
    this.isWoken = true;
    this.endPause();
  }

  /** Resolves when the deliveries that are under way at the call have ended. */
  async finish(): Promise<void> {
    await Promise.all(this.underway);
  }

  private async take(count: number): Promise<DueMessage[]> {
    try {
      return await this.worker.take(this.channel, count);
    } catch (error) {
      this.onFailure(error);
      return [];
    }
  }

  private async pause(stopping: AbortSignal): Promise<void> {
    if (this.isWoken) return;
    const pause = new AbortController();
    this.endPause = () => pause.abort();
    const signal = AbortSignal.any([stopping, pause.signal]);
    await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
  }

  private process(message: DueMessage): void {
    const attempt = this.worker
      .process(message)
      .catch(this.onFailure)
      .finally(() => {
        this.underway.delete(attempt);
        // Another try may begin, and the next message to this recipient may be delivered
        this.wake();
      });
    this.underway.add(attempt);
  }
}
