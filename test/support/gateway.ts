import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { PATIENT_SERVER } from './patient-server.js';
import { text } from 'node:stream/consumers';

/** Where the gateway asks before it hands a request on. */
export const GUARDED = '/guarded';

/** One call that came through. */
export interface Exchange {
  method: string;
  path: string;
  status: number;
}

/**
 * What stands at the host of a publication: authentication under `prefix`, handed on to Gatehouse as it comes, and
 * beside it a product that keeps no secret of its own. It asks Gatehouse who shows it a credential, and answers that
 * person. Under `GUARDED` is one that asks nobody: there the gateway itself asks (forward authentication), and the
 * product answers the `X-Auth-…` headers that reach it.
 */
export class Gateway {
  readonly exchanges: Exchange[] = [];
  private readonly server: Server;

  private constructor(
    private readonly gatehouse: string,
    private readonly prefix: string,
  ) {
    this.server = createServer(PATIENT_SERVER, (request, response) => {
      this.answer(request, response).catch(() => response.destroy());
    });
  }

  static async open(gatehouse: string, prefix: string): Promise<Gateway> {
    const gateway = new Gateway(gatehouse, prefix);
    gateway.server.listen(0, '127.0.0.1');
    await once(gateway.server, 'listening');
    return gateway;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '' } = request;
    const reply = path.startsWith(`${this.prefix}/`)
      ? await this.forward(request)
      : await (path.startsWith(GUARDED) ? this.guard(request) : this.serve(request));
    this.exchanges.push({ method, path, status: reply.status });
    response.writeHead(reply.status, { 'content-type': reply.headers.get('content-type') ?? '' });
    response.end(await reply.text());
  }

  private async forward(request: IncomingMessage): Promise<Response> {
    const body = await text(request);
    const { 'content-type': type, authorization } = request.headers;
    return fetch(`${this.gatehouse}${request.url}`, {
      method: request.method,
      headers: { ...(type && { 'content-type': type }), ...(authorization && { authorization }) },
      ...(body !== '' && { body }),
    });
  }

  private async serve({ headers: { authorization = '' } }: IncomingMessage): Promise<Response> {
    const me = await fetch(`${this.gatehouse}${this.prefix}/me`, { headers: { authorization } });
    if (!me.ok) return new Response(null, { status: 401 });
    return Response.json({ served: ((await me.json()) as { id: string }).id });
  }

  /** As the simplest of them do: asks with all that the client sent, and copies what it is told over it. */
  private async guard({ headers }: IncomingMessage): Promise<Response> {
    const seen = copyOf(headers);
    const { ok, status, headers: told } = await fetch(`${this.gatehouse}/auth/verify`, { headers: seen });
    if (!ok) return new Response(null, { status });
    const identity = (all: Headers) => [...all].filter(([name]) => name.startsWith('x-auth-'));
    for (const [name, value] of identity(told)) seen.set(name, value);
    return Response.json(Object.fromEntries(identity(seen)));
  }
}

/** Without what is between two neighbours only. */
function copyOf(headers: IncomingHttpHeaders): Headers {
  const sent = Object.entries(headers).filter(([name]) => !['host', 'connection'].includes(name));
  return new Headers(sent.map(([name, value]) => [name, [value].flat().join(', ')]));
}
