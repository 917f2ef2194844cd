import { type Problem, sentenceOf, UNREACHABLE } from './problems.js';

/** `message` is a sentence for the operator. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The contract, with the token of the session, which is in this object only: never in storage, an address or the page.
 * `ended` is called when the server knows the token no longer.
 */
export class Api {
  private token: string | null = null;

  constructor(private readonly ended: () => void) {}

  get isSignedIn(): boolean {
    return this.token !== null;
  }

  use(token: string | null): void {
    this.token = token;
  }

  get<Answer>(path: string): Promise<Answer> {
    return this.send<Answer>('GET', path);
  }

  post<Answer>(path: string, body: object = {}): Promise<Answer> {
    return this.send<Answer>('POST', path, body);
  }

  /** As the page goes away, or a sign-in fails half-way: the session of a token that nobody has must not stay open. */
  leave(): void {
    if (this.token === null) return;
    const headers = { authorization: `Bearer ${this.token}` };
    fetch(addressOf('auth/sign-out'), { method: 'POST', headers, keepalive: true }).catch(() => undefined);
    this.token = null;
  }

  private async send<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const { token } = this;
    const response = await fetch(addressOf(path), {
      method,
      credentials: 'omit',
      cache: 'no-store',
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== null && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }).catch(() => {
      throw new ApiError(0, 'unreachable', UNREACHABLE);
    });
    const answer = (await response.json().catch(() => ({}))) as unknown;
    if (response.ok) return answer as Answer;
    const problem = (answer ?? {}) as Problem;
    if (response.status === 401 && token !== null && token === this.token) {
      this.token = null;
      this.ended();
    }
    const message = sentenceOf(response.status, problem, response.headers.get('retry-after'));
    throw new ApiError(response.status, problem.code ?? '', message);
  }
}

/** Relative to the page, which is beside the operations. */
const addressOf = (path: string): string => new URL(path, document.baseURI).href;

export const sentence = (error: unknown): string =>
  error instanceof ApiError ? error.message : 'Something went wrong in this page. Load it again.';
