export interface Tokens {
  accessToken: string;
  /** When the access token expires, in milliseconds since 1970 by this client's clock. */
  expiresAt: number;
  /** Absent in cookie mode, where the browser keeps it. */
  refreshToken?: string;
}

/**
 * Where the tokens are kept between calls. `load` is asked before each use, so that a store may be shared by several
 * clients. Any script of the page can read what a store of the page holds: docs/browser-sessions.md weighs the places.
 */
export interface TokenStore {
  load(): Tokens | null | Promise<Tokens | null>;
  save(tokens: Tokens | null): void | Promise<void>;
}

/** Keeps the tokens in this object: until the page is left, or the process ends. */
export function memoryStore(initial: Tokens | null = null): TokenStore {
  let kept = initial;
  return {
    load: () => kept,
    save: (tokens) => {
      kept = tokens;
    },
  };
}

/** The tokens in an answer; null if it has none. */
export function tokensIn(answer: unknown): Tokens | null {
  if (typeof answer !== 'object' || answer === null) return null;
  const { accessToken, refreshToken, expiresIn } = answer as Record<string, unknown>;
  if (typeof accessToken !== 'string' || typeof expiresIn !== 'number') return null;
  const expiresAt = Date.now() + expiresIn * 1000;
  return {
    accessToken,
    expiresAt,
    ...(typeof refreshToken === 'string' && refreshToken !== '' && { refreshToken }),
  };
}
