import type { Mode } from './session.js';

export interface Transport {
  baseUrl: string;
  mode: Mode;
  fetch: typeof fetch;
}

interface Outgoing {
  method: string;
  path: string;
  input: {
    body?: unknown;
    path?: unknown;
    query?: unknown;
    headers?: Record<string, string>;
    signal?: AbortSignal;
  };
  token: string | null;
}

/** The session mode is asked for at every request: the server ignores it where it does not matter. */
export function send(
  { baseUrl, mode, fetch }: Transport,
  { method, path, input, token }: Outgoing,
): Promise<Response> {
  const { body, signal, headers } = input;
  const isForm = body instanceof FormData;
  return fetch(baseUrl + fill(path, (input.path ?? {}) as Texts) + queryOf((input.query ?? {}) as Texts), {
    method,
    credentials: mode === 'cookie' ? 'include' : 'omit',
    headers: {
      ...(body !== undefined && !isForm && { 'content-type': 'application/json' }),
      ...(mode === 'cookie' && { 'x-session-mode': 'cookie' }),
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
    ...(signal && { signal }),
  });
}

type Texts = Record<string, string | number | boolean | (string | number)[] | undefined>;

/** Throws for a segment that URLs drop or resolve, however it is encoded: the path would be that of another operation. */
function fill(path: string, values: Texts): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(values[name] ?? '');
    if (/^\.{0,2}$/.test(value)) throw new TypeError(`"${value}" is no value of ${name} in ${path}`);
    return encodeURIComponent(value);
  });
}

function queryOf(values: Texts): string {
  const pairs = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one): [string, string] => [name, String(one)]),
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
}
