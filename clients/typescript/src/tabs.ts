import type { Tokens } from './tokens.js';

interface Holder {
  name?: string;
  clientId?: string;
}

interface Locks {
  request<T>(name: string, run: () => Promise<T>): Promise<T>;
  query(): Promise<{ held?: Holder[]; pending?: Holder[] }>;
}

/** A BroadcastChannel: not every program's types know it. */
interface Channel {
  onmessage: unknown;
  postMessage(message: unknown): void;
  close(): void;
  unref?(): void;
}

type Message = { kind: 'session'; id: string; tokens: Tokens | null } | { kind: 'seen'; id: string };

/** A tab in the background may be frozen: it then refreshes by itself. */
const SEEN_WITHIN_MS = 500;

/**
 * The tabs of one origin. Web Locks let one of them change the session at a time, and a channel tells the others of the
 * change before the next one has its turn. Without Web Locks, the calls of this tab still wait for each other.
 */
export class Tabs {
  private readonly locks: Locks | undefined;
  private readonly channel: Channel | undefined;
  private readonly waitingFor = new Map<string, () => void>();
  private last: Promise<unknown> = Promise.resolve();

  /** `adopt` gets the session that another tab has begun, renewed or ended; `isShared` is false for tabs of their own. */
  constructor(
    private readonly name: string,
    isShared: boolean,
    private readonly adopt: (tokens: Tokens | null) => Promise<void>,
  ) {
    const { navigator, BroadcastChannel: OwnChannel } = globalThis as {
      navigator?: { locks?: Locks };
      BroadcastChannel?: new (name: string) => Channel;
    };
    this.locks = navigator?.locks;
    if (!isShared || !this.locks || !OwnChannel) return;
    this.channel = new OwnChannel(name);
    this.channel.onmessage = (event: { data: unknown }) => void this.receive(event.data as Message);
    // Node.js would not exit
    this.channel.unref?.();
  }

  /** Runs while no other tab, and no other call of this tab, does. */
  exclusively<T>(run: () => Promise<T>): Promise<T> {
    if (this.locks) return this.locks.request(this.name, run);
    const turn = this.last.then(run);
    this.last = turn.catch(() => undefined);
    return turn;
  }

  /** Resolves once a tab that waits for its turn has the session, so that it does not refresh once more. */
  async announce(tokens: Tokens | null): Promise<void> {
    if (!this.channel) return;
    const id = crypto.randomUUID();
    const isAwaited = await this.isAwaited();
    const seen = new Promise<void>((resolve) => {
      this.waitingFor.set(id, resolve);
      if (isAwaited) setTimeout(resolve, SEEN_WITHIN_MS);
      else resolve();
    });
    this.channel.postMessage({ kind: 'session', id, tokens } satisfies Message);
    await seen;
    this.waitingFor.delete(id);
  }

  close(): void {
    this.channel?.close();
  }

  /** Whether another tab waits for its turn. This one has it. */
  private async isAwaited(): Promise<boolean> {
    const { held = [], pending = [] } = (await this.locks?.query()) ?? {};
    const own = held.find(({ name }) => name === this.name)?.clientId;
    return pending.some(({ name, clientId }) => name === this.name && clientId !== own);
  }

  private async receive(message: Message): Promise<void> {
    if (message.kind === 'seen') return this.waitingFor.get(message.id)?.();
    await this.adopt(message.tokens);
    this.channel?.postMessage({ kind: 'seen', id: message.id } satisfies Message);
  }
}
