import type { RenderedMessage } from '../templates/rendered-message.js';

export interface Delivery {
  /** The message's id: the same at every try, so that a duplicate is recognisable. */
  id: string;
  to: string;
  rendered: RenderedMessage;
  createdAt: Date;
  expiresAt: Date;
}

/** A way out for one channel. */
export interface Transport {
  /** So many tries without an answer, and the message is given up: each of them may have reached the recipient. */
  readonly maxUnansweredTries: number;
  /** How many deliveries may begin now, beside those under way. */
  capacity(underway: number): number;
  /** Throws DeliveryRefused where trying again is pointless, anything else where it is not. */
  deliver(delivery: Delivery, signal: AbortSignal): Promise<void>;
}

/** Fit for logs and the database: codes only, for servers like to repeat the recipient in their prose. */
export class DeliveryFailed extends Error {
  constructor(readonly reason: { code?: string; response?: number }) {
    super(`Delivery failed: ${reason.code ?? 'unknown'} ${reason.response ?? ''}`.trim());
  }
}

export class DeliveryRefused extends DeliveryFailed {}

/** Handed over, or not: the answer never came. */
export class DeliveryUnanswered extends DeliveryFailed {}
