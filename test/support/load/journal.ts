import pLimit from 'p-limit';
import type { Reply } from '../client.js';
import { askAt } from './ask.js';

const CHECKS_AT_ONCE = 6;

/** One request to one server. Throws `NotAcknowledged` without an answer and at 503. */
export type Ask = (
  method: string,
  path: string,
  options?: { body?: object; token?: string },
) => Promise<Reply>;

/** What an acknowledged request promises. */
export interface Claim {
  /** A `change` that does not hold is lost; a `revocation` that does not hold is revived. */
  kind: 'change' | 'revocation';
  /** Uses up nothing that another claim needs, so that it can be asked at every server. */
  holds(ask: Ask): Promise<boolean>;
}

/** The request has no answer or 503: whether it happened is unknown. */
export class NotAcknowledged extends Error {}

export interface Figures {
  acknowledged: number;
  unknown: number;
  lost: string[];
  revived: string[];
  /** Answers other than 2xx and 503, which nothing in the load deserves. */
  unexpected: string[];
  longestWaitMs: number;
}

/** Everything that the servers have acknowledged, as claims that must hold afterwards at every one of them. */
export class Journal {
  /** Changes and revocations with a successful answer. */
  acknowledged = 0;
  unknown = 0;
  /** Requests that have ended, whatever their outcome. */
  ended = 0;
  /** Requests without an answer so far. */
  waiting = 0;
  longestWaitMs = 0;
  readonly unexpected: string[] = [];
  /** Recipients to whom an acknowledged request sends a message. */
  readonly due = new Set<string>();
  private readonly claims = new Map<string, Claim>();

  /** Nothing is known of these until `settle`: a request that changes them is under way. */
  open(names: string[]): void {
    for (const name of names) this.claims.delete(name);
  }

  acknowledge(claims: Record<string, Claim>): void {
    this.acknowledged += 1;
    this.settle(claims);
  }

  settle(claims: Record<string, Claim>): void {
    for (const [name, claim] of Object.entries(claims)) this.claims.set(name, claim);
  }

  /** The names that begin with this. */
  names(prefix: string): string[] {
    return [...this.claims.keys()].filter((name) => name.startsWith(prefix));
  }

  /** Asks each of these servers, which must be up, about every claim. */
  async check(origins: readonly string[]): Promise<Figures> {
    const { acknowledged, unknown, unexpected, longestWaitMs } = this;
    const broken = { change: [] as string[], revocation: [] as string[] };
    const atOnce = pLimit(CHECKS_AT_ONCE);
    const checks = [...this.claims].map(([name, claim]) =>
      atOnce(async () => {
        for (const origin of origins)
          if (!(await claim.holds(askAt(origin)))) broken[claim.kind].push(`${name}, at ${origin}`);
      }),
    );
    await Promise.all(checks);
    return {
      ...{ acknowledged, unknown, unexpected, longestWaitMs },
      ...{ lost: broken.change, revived: broken.revocation },
    };
  }
}
