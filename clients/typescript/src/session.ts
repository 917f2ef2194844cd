import { send, type Transport } from './request.js';
import { Tabs } from './tabs.js';
import { type Tokens, tokensIn, type TokenStore } from './tokens.js';

export type Mode = 'body' | 'cookie';

/** A token that ends sooner is replaced before it is given to other services. */
const LEAST_LIFE_MS = 30_000;

/** The session of one client: its tokens, and the one refresh that is under way at most. */
export class Session {
  private readonly tabs: Tabs;
  private readonly listeners = new Set<(isSignedIn: boolean) => void>();
  /** By the refused token. */
  private readonly refreshing = new Map<string | null, Promise<string | null>>();

  constructor(readonly options: Transport & { store: TokenStore }) {
    const { baseUrl, mode } = options;
    this.tabs = new Tabs(`gatehouse ${baseUrl}`, mode === 'cookie', (tokens) => this.keep(tokens));
  }

  /** The present access token, expired or not. In cookie mode a page that was just loaded has none. */
  async current(): Promise<string | null> {
    return (await this.options.store.load())?.accessToken ?? null;
  }

  async accessToken(signal?: AbortSignal): Promise<string | null> {
    const tokens = await this.options.store.load();
    if (tokens && tokens.expiresAt - Date.now() > LEAST_LIFE_MS) return tokens.accessToken;
    if (!tokens && this.options.mode === 'body') return null;
    return this.renew(tokens?.accessToken ?? null, signal);
  }

  /**
   * Another access token than the refused one; null if the session has ended. Calls share one refresh, over all tabs, and
   * a signal ends only the wait of its own call.
   */
  async renew(refused: string | null, signal?: AbortSignal, isInside = false): Promise<string | null> {
    if (isInside) return this.refresh(refused);
    const running =
      this.refreshing.get(refused) ??
      this.tabs.exclusively(() => this.refresh(refused)).finally(() => this.refreshing.delete(refused));
    this.refreshing.set(refused, running);
    return abortable(running, signal);
  }

  /** Runs what signs in, or replaces the tokens, while nothing refreshes. */
  change<T>(run: () => Promise<{ result: T; answer: unknown }>): Promise<T> {
    return this.tabs.exclusively(async () => {
      const { result, answer } = await run();
      const tokens = tokensIn(answer);
      if (tokens) await this.publish(tokens);
      return result;
    });
  }

  /** Forgets the tokens, in all tabs. */
  end(): Promise<void> {
    return this.tabs.exclusively(() => this.publish(null));
  }

  subscribe(listener: (isSignedIn: boolean) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  close(): void {
    this.tabs.close();
  }

  /** Within the turn of this tab. Another one may have refreshed while this one waited for it. */
  private async refresh(refused: string | null): Promise<string | null> {
    const present = await this.options.store.load();
    if (present && present.accessToken !== refused) return present.accessToken;
    const { mode } = this.options;
    const refreshToken = present?.refreshToken;
    if (mode === 'body' && refreshToken === undefined) return null;
    const input = mode === 'cookie' ? {} : { body: { refreshToken } };
    const response = await send(this.options, { method: 'POST', path: '/auth/refresh', input, token: null });
    const tokens = response.ok ? tokensIn(await response.json()) : null;
    // A busy server has not ended the session
    if (tokens) await this.publish(tokens);
    else if (response.status === 401) await this.publish(null);
    return tokens?.accessToken ?? null;
  }

  private async publish(tokens: Tokens | null): Promise<void> {
    await this.keep(tokens);
    await this.tabs.announce(tokens);
  }

  private async keep(tokens: Tokens | null): Promise<void> {
    const before = await this.options.store.load();
    await this.options.store.save(tokens);
    if ((before === null) === (tokens === null)) return;
    for (const listener of this.listeners) listener(tokens !== null);
  }
}

function abortable<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    // Also then: a rejection that nobody handles ends a Node.js process
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
