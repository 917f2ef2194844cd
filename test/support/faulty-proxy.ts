import { once } from 'node:events';
import { createServer, type IncomingMessage, request as send, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PATIENT_SERVER } from './patient-server.js';

/** A request on its way to the server; faults may change it. */
export interface Passing {
  method: string;
  /** As it was received. */
  path: string;
  headers: Record<string, string | string[]>;
  body: Buffer;
  /** The client address that the server gets. */
  from: string;
  /** The values that a fault keeps for a request, from the request to the response. */
  notes: Map<string, unknown>;
}

export interface Given {
  status: number;
  headers: Record<string, string | string[]>;
  body: Buffer;
}

/** A weakness added to a server without it, and the cases of the attack pack that must detect it. */
export interface Fault {
  name: string;
  caught: string[];
  /** Changes the request, or answers it instead of the server. */
  onRequest?(passing: Passing): Given | undefined;
  /** Changes the response. */
  onAnswer?(passing: Passing, given: Given): void;
}

/** Forwards everything to the server, from the client's own address, through these faults. */
export class FaultyProxy {
  private readonly server = createServer(
    { ...PATIENT_SERVER, maxHeaderSize: 64 * 1024 },
    (incoming, outgoing) => {
      this.pass(incoming, outgoing).catch(() => outgoing.destroy());
    },
  );

  constructor(
    private readonly target: string,
    private readonly faults: Fault[],
  ) {}

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const passing: Passing = {
      method: incoming.method ?? 'GET',
      path: incoming.url ?? '/',
      headers: headersOf(incoming),
      body: await bodyOf(incoming),
      from: incoming.socket.remoteAddress ?? '127.0.0.1',
      notes: new Map(),
    };
    const given = this.answerInPlace(passing) ?? (await this.forward(passing));
    for (const fault of this.faults) fault.onAnswer?.(passing, given);
    outgoing.writeHead(given.status, { ...given.headers, 'content-length': given.body.length });
    outgoing.end(incoming.method === 'HEAD' ? undefined : given.body);
  }

  private answerInPlace(passing: Passing): Given | undefined {
    for (const fault of this.faults) {
      const given = fault.onRequest?.(passing);
      if (given) return given;
    }
    return undefined;
  }

  private forward({ method, path, headers, body, from }: Passing): Promise<Given> {
    const { hostname, port, host } = new URL(this.target);
    const own = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    const length = body.length > 0 ? { 'content-length': String(body.length) } : {};
    const asked = String(headers.host ?? own);
    const sent = { ...headers, ...length, host: asked === own ? host : asked };
    return new Promise((resolve, reject) => {
      const outgoing = send({
        hostname,
        port,
        method,
        path,
        headers: sent,
        localAddress: from,
        agent: false,
      });
      outgoing.on('error', reject);
      outgoing.on('response', (answer) => {
        bodyOf(answer).then((bytes) => {
          resolve({ status: answer.statusCode ?? 500, headers: headersOf(answer), body: bytes });
        }, reject);
      });
      outgoing.end(body);
    });
  }
}

const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'content-length'];

function headersOf(message: IncomingMessage): Record<string, string | string[]> {
  const entries = Object.entries(message.headersDistinct).filter(([name]) => !HOP_BY_HOP.includes(name));
  return Object.fromEntries(
    entries.map(([name, values = []]) => [name, values.length === 1 ? (values[0] ?? '') : values]),
  );
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
