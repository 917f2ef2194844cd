import type { Letter } from '../letters/letter.js';

export interface Delivery {
  /** The message's id: the same at every try, so that a duplicate is recognisable. */
  id: string;
  to: string;
  letter: Letter;
  createdAt: Date;
}

/** A way out for one channel. Throws DeliveryRefused where trying again is pointless, anything else where it is not. */
export interface Transport {
  deliver(delivery: Delivery, signal: AbortSignal): Promise<void>;
}

/** Fit for logs and the database: codes only, for servers like to repeat the recipient in their prose. */
export class DeliveryFailed extends Error {
  constructor(readonly reason: { code?: string; response?: number }) {
    super(`Delivery failed: ${reason.code ?? 'unknown'} ${reason.response ?? ''}`.trim());
  }
}

export class DeliveryRefused extends DeliveryFailed {}
