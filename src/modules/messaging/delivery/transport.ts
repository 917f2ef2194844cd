import type { RenderedMessage } from '../templates/rendered-message.js';

export interface Delivery {
  /** The id of the message, the same for every try, so that duplicates are recognisable. */
  id: string;
  to: string;
  rendered: RenderedMessage;
  createdAt: Date;
  expiresAt: Date;
  /** Until the expiry, by the clock of the database when the try began. */
  remainingMs: number;
}

/** Delivers the messages of one channel. */
export interface Transport {
  /** How many deliveries may begin now, in addition to those under way. */
  capacity(underway: number): number;
  /**
   * Throws DeliveryRefused for a permanent failure, DeliveryUnanswered if the message may have been delivered, and
   * DeliveryFailed or any other error for a failure to retry.
   */
  deliver(delivery: Delivery, signal: AbortSignal): Promise<void>;
}

/** `reason` is logged and stored: codes only, because servers often repeat the recipient in their error texts. */
export class DeliveryFailed extends Error {
  constructor(readonly reason: { code?: string; response?: number }) {
    super(`Delivery failed: ${reason.code ?? 'unknown'} ${reason.response ?? ''}`.trim());
  }
}

/** The server has rejected the message permanently. */
export class DeliveryRefused extends DeliveryFailed {}

/** No response: the message may or may not have been delivered. */
export class DeliveryUnanswered extends DeliveryFailed {}
