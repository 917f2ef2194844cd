import { Agent, FormData } from 'undici';
import type { Answer } from './answer.js';
import { canaries } from './canaries/canaries.js';
import { undocumentedProblems } from './undocumented-problems.js';

/** One for all: a pool of its own for each connection costs more than its requests. */
const GONE = new Error('The test is over');

export interface Reply<Body = Answer> {
  status: number;
  headers: Record<string, string>;
  /** The parsed JSON, or an empty object where the response has none. */
  body: Body;
  /** The response as it was received. */
  text: string;
  bytes: Buffer;
}

export interface RequestOptions {
  /** Bearer token; the client's own by default, `null` for none. */
  token?: string | null;
  headers?: Record<string, string>;
}

/**
 * A client at a loopback address of its own, because limits apply to addresses. It sends paths and bodies exactly as
 * given, without normalising, and follows no redirect.
 */
export class Client {
  /** The last address in use, so that the next spec file on the same server continues from there. */
  static lastAddress = 0;

  readonly address: string;
  private readonly agent: Agent;

  constructor(
    readonly origin: string,
    private readonly token: string | null = null,
    sharedWith?: Client,
  ) {
    this.address = sharedWith?.address ?? nextAddress();
    this.agent =
      sharedWith?.agent ??
      new Agent({
        localAddress: this.address,
        connections: 32,
        // The machine may stand still meanwhile
        connectTimeout: 300_000,
        keepAliveTimeout: 2_000,
      });
  }

  /** The same address and connections, signed in with this token. */
  withToken(token: string): Client {
    return new Client(this.origin, token, this);
  }

  get<Body = Answer>(path: string, options?: RequestOptions): Promise<Reply<Body>> {
    return this.send<Body>('GET', path, undefined, options);
  }

  post<Body = Answer>(path: string, body?: unknown, options?: RequestOptions): Promise<Reply<Body>> {
    return this.send<Body>('POST', path, body, options);
  }

  patch<Body = Answer>(path: string, body?: unknown, options?: RequestOptions): Promise<Reply<Body>> {
    return this.send<Body>('PATCH', path, body, options);
  }

  put<Body = Answer>(path: string, body?: unknown, options?: RequestOptions): Promise<Reply<Body>> {
    return this.send<Body>('PUT', path, body, options);
  }

  delete<Body = Answer>(path: string, body?: unknown, options?: RequestOptions): Promise<Reply<Body>> {
    return this.send<Body>('DELETE', path, body, options);
  }

  /** Text, bytes and forms are sent as they are; anything else as JSON. */
  async send<Body = Answer>(
    method: string,
    path: string,
    body?: unknown,
    { token = this.token, headers = {} }: RequestOptions = {},
  ): Promise<Reply<Body>> {
    const raw = typeof body === 'string' || Buffer.isBuffer(body) || body instanceof FormData;
    const isForm = body instanceof FormData;
    const sent = {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && !isForm && { 'content-type': 'application/json' }),
      ...headers,
    };
    canaries.sent(path, isForm ? undefined : body, sent);
    const response = await this.agent.request({
      origin: this.origin,
      path,
      method: method,
      headers: sent,
      body: body === undefined ? null : raw ? body : JSON.stringify(body),
    });
    const bytes = Buffer.from(await response.body.arrayBuffer());
    const flat = Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(', ')]);
    const text = bytes.toString('utf8');
    canaries.received(path, text);
    const answer = parse(text, response.headers['content-type']);
    undocumentedProblems.add(method, path, response.statusCode, answer);
    return {
      status: response.statusCode,
      headers: Object.fromEntries(flat),
      body: answer as Body,
      text,
      bytes,
    };
  }

  close(): Promise<void> {
    return this.agent.destroy(GONE);
  }
}

function parse(text: string, type: unknown): unknown {
  return /^application\/(problem\+)?json/.test(String(type)) && text !== '' ? JSON.parse(text) : {};
}

/** 127.x.y.z, a new one each time; the first byte differs between two workers of jest. */
function nextAddress(): string {
  Client.lastAddress += 1;
  const worker = 10 + Number(process.env.JEST_WORKER_ID ?? 1);
  return `127.${worker}.${Math.floor(Client.lastAddress / 250) % 250}.${(Client.lastAddress % 250) + 2}`;
}
