import { Injectable } from '@nestjs/common';
import { DeliveryRepository, type DueMessage, type Lease, LEASE_SECONDS } from './delivery.repository.js';

/** Several renewals can fail before a lease ends. */
export const RENEW_MS = 5_000;

/** How long before the end of its lease a try is aborted. */
const MARGIN_MS = 3_000;

interface Held {
  lease: Lease;
  lost: AbortController;
  timer?: NodeJS.Timeout;
}

/** The leases of the tries under way. A try whose lease cannot be renewed ends before another server begins one. */
@Injectable()
export class DeliveryLeases {
  private readonly held = new Map<string, Held>();

  constructor(private readonly repository: DeliveryRepository) {}

  /** Has `renew` renew the lease, until `release`. The returned signal aborts when it is lost. */
  hold({ id, tries, leasedAt }: DueMessage): AbortSignal {
    const held: Held = { lease: { id, tries }, lost: new AbortController() };
    this.held.get(id)?.lost.abort();
    clearTimeout(this.held.get(id)?.timer);
    this.held.set(id, held);
    extend(held, leasedAt);
    return held.lost.signal;
  }

  release({ id, tries }: Lease): void {
    const held = this.held.get(id);
    // This server may have begun another try, after it had lost this lease
    if (held?.lease.tries !== tries) return;
    clearTimeout(held.timer);
    this.held.delete(id);
  }

  /** Call it every RENEW_MS. */
  async renew(): Promise<void> {
    const all = [...this.held.values()];
    if (all.length === 0) return;
    const asked = performance.now();
    const renewed = new Set(await this.repository.renew(all.map(({ lease }) => lease)));
    for (const held of all) {
      if (this.held.get(held.lease.id) !== held) continue;
      if (renewed.has(held.lease.id)) extend(held, asked);
      else held.lost.abort();
    }
  }
}

/** The lease began at `since` or later. */
function extend(held: Held, since: number): void {
  clearTimeout(held.timer);
  const remaining = since + LEASE_SECONDS * 1000 - MARGIN_MS - performance.now();
  held.timer = setTimeout(() => held.lost.abort(), remaining).unref();
}
