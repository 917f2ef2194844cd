import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { PATIENT_SERVER } from './patient-server.js';

/** Where the gateway asks before it forwards a request. */
export const GUARDED = '/guarded';

/** One call that was forwarded. */
export interface Exchange {
  method: string;
  path: string;
  status: number;
}

/**
 * The host of a published API: authentication under `prefix`, forwarded to Gatehouse unchanged, and beside it a
 * product that verifies no credential itself. The product asks Gatehouse for the owner of a credential, and returns
 * that person. Under `GUARDED` is a product that does not ask: there the gateway itself asks (forward
 * authentication), and the product returns the `X-Auth-…` headers that it receives.
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

  /**
   * Like the simplest gateways: asks with all headers of the client, and overwrites them with those of the response.
   */
  private async guard({ headers }: IncomingMessage): Promise<Response> {
    const seen = copyOf(headers);
    const { ok, status, headers: received } = await fetch(`${this.gatehouse}/auth/verify`, { headers: seen });
    if (!ok) return new Response(null, { status });
    const identity = (all: Headers) => [...all].filter(([name]) => name.startsWith('x-auth-'));
    for (const [name, value] of identity(received)) seen.set(name, value);
    return Response.json(Object.fromEntries(identity(seen)));
  }
}

/** Without the hop-by-hop headers. */
function copyOf(headers: IncomingHttpHeaders): Headers {
  const sent = Object.entries(headers).filter(([name]) => !['host', 'connection'].includes(name));
  return new Headers(sent.map(([name, value]) => [name, [value].flat().join(', ')]));
}
