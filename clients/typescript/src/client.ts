import { ROUTES } from './generated/routes.js';
import type { Answer, Arguments, Input, OperationId, Problem, Result } from './operations.js';
import { send } from './request.js';
import { type Mode, Session } from './session.js';
import { memoryStore, type TokenStore } from './tokens.js';

export interface ClientOptions {
  /** The address of the server, such as `https://id.example.com`. */
  baseUrl: string;
  /**
   * Where the refresh token is: in the answers' bodies and then in `store`, or in a cookie that no script reads (the
   * server needs BROWSER_SESSIONS). Default: `body`.
   */
  mode?: Mode;
  /** Default: memory. */
  store?: TokenStore;
  /** Default: the global one. */
  fetch?: typeof fetch;
}

/** Operations whose answer may begin or continue the session: while they run, nothing refreshes. */
const CHANGING = [
  ...(['register', 'login', 'verifyOtp', 'signUp', 'acceptInvitation', 'verifyTwoFactor'] as const),
  ...(['switchOrganisation', 'changePassword', 'confirmTwoFactor', 'disableTwoFactor'] as const),
] satisfies OperationId[];
const ENDING = ['logout', 'deleteMe'] satisfies OperationId[];
/** What the server says to a token that has ended, and in cookie mode to a page that was just loaded. */
const REFUSED = ['access_token_invalid', 'authentication_required'];
const isOneOf = (ids: readonly OperationId[], id: OperationId) => ids.includes(id);

/** A client of the primary contract, with one session. Its methods are safe to call at the same time. */
export class GatehouseClient {
  private readonly session: Session;

  constructor({ baseUrl, mode = 'body', store = memoryStore(), fetch = globalThis.fetch }: ClientOptions) {
    this.session = new Session({
      ...{ baseUrl: baseUrl.replace(/\/+$/, ''), mode, store },
      // Browsers refuse to call it as a method of another object
      fetch: (...request) => fetch(...request),
    });
  }

  /**
   * Carries an operation out, once more after a refresh if the access token was refused. An operation that signs in
   * begins the session. Rejects only if there was no answer, or the signal aborted.
   */
  async call<Id extends OperationId>(id: Id, ...[input]: Arguments<Id>): Promise<Result<Id>> {
    const given = (input ?? {}) as Input<Id>;
    if (isOneOf(ENDING, id)) return this.end(id, given);
    if (!isOneOf(CHANGING, id)) return this.perform(id, given);
    return this.session.change(async () => {
      const result = await this.perform(id, given, true);
      return { result, answer: result.ok ? result.data : null };
    });
  }

  /** True if there is a session: in cookie mode, after a page was loaded, it asks the server. */
  async restore(): Promise<boolean> {
    return (await this.accessToken()) !== null;
  }

  /** An access token for the product's own services, valid for half a minute or more; null if nobody is signed in. */
  accessToken({ signal }: { signal?: AbortSignal } = {}): Promise<string | null> {
    return this.session.accessToken(signal);
  }

  /** Ends the session here and at the server, in all tabs; `everywhere` ends all sessions of the person. */
  async signOut({ everywhere = false }: { everywhere?: boolean } = {}): Promise<void> {
    await this.call('logout', { body: { all: everywhere } });
  }

  /** Calls the listener when a session begins or ends, also by another tab in cookie mode. Returns what stops that. */
  subscribe(listener: (isSignedIn: boolean) => void): () => void {
    return this.session.subscribe(listener);
  }

  /** Stops listening to other tabs. */
  close(): void {
    this.session.close();
  }

  private async end<Id extends OperationId>(id: Id, input: Input<Id>): Promise<Result<Id>> {
    const result = await this.perform(id, input);
    if (result.ok || isCode(result.problem, REFUSED)) await this.session.end();
    return result;
  }

  /** `isInside`: the caller has the turn to change the session, which a refresh would wait for. */
  private async perform<Id extends OperationId>(
    id: Id,
    input: Input<Id>,
    isInside = false,
  ): Promise<Result<Id>> {
    const [method, path] = ROUTES[id];
    const { signal } = input;
    const attempt = (token: string | null) => send(this.session.options, { method, path, input, token });
    const token = await this.session.current();
    const first = await attempt(token);
    const result = await toResult<Id>(first);
    if (first.status !== 401 || !isCode(result.problem, REFUSED)) return result;
    const renewed = await this.session.renew(token, signal, isInside);
    return renewed === null ? result : toResult<Id>(await attempt(renewed));
  }
}

export function createClient(options: ClientOptions): GatehouseClient {
  return new GatehouseClient(options);
}

function isCode(problem: unknown, codes: readonly string[]): boolean {
  const { code } = (problem ?? {}) as { code?: string };
  return code !== undefined && codes.includes(code);
}

async function toResult<Id extends OperationId>(response: Response): Promise<Result<Id>> {
  const text = await response.text();
  const isJson = /^application\/(problem\+)?json/.test(response.headers.get('content-type') ?? '');
  const data: unknown = text === '' ? undefined : isJson ? JSON.parse(text) : text;
  if (response.ok) return { ok: true, data: data as Answer<Id> };
  // Of a proxy in front of the server
  if (!isJson) throw new Error(`The server answered ${response.status}: ${text.slice(0, 200)}`);
  const retryAfter = Number(response.headers.get('retry-after') ?? NaN);
  const retryAfterSeconds = Number.isNaN(retryAfter) ? null : retryAfter;
  return { ok: false, problem: data as Problem<Id>, retryAfterSeconds };
}
