import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { canaries } from './canaries/canaries.js';
import { PATIENT_SERVER } from './patient-server.js';
import { until } from './until.js';

type Value = { stringValue?: string; intValue?: number };
type Attribute = { key: string; value: Value };

/** OTLP/HTTP in JSON, of what the exporter sends. */
interface Payload {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: { spans: (Omit<Span, 'attributes' | 'resource'> & { attributes: Attribute[] })[] }[];
  }[];
}

export interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  /** OTLP: 2 is a server's, 3 a client's. */
  kind: number;
  status: { code?: number; message?: string };
  events: unknown[];
  attributes: Record<string, string | number>;
  resource: Record<string, string | number>;
}

/** An OpenTelemetry collector that keeps the spans it receives. */
export class Collector {
  readonly spans: Span[] = [];
  /** Everything received, as text. */
  received = '';
  requests = 0;
  readonly requestLines = new Set<string>();
  private behaviour: 'accept' | 'hang' | number = 'accept';
  private readonly hanging: (() => void)[] = [];
  private readonly server = createServer(PATIENT_SERVER, (request, response) => {
    void this.answer(request, response).catch(() => response.destroy());
  });

  /** When it hangs no more, it also answers what it has received meanwhile. */
  set behave(behaviour: 'accept' | 'hang' | number) {
    this.behaviour = behaviour;
    if (behaviour !== 'hang') for (const goOn of this.hanging.splice(0)) goOn();
  }

  async listen(port = 0): Promise<void> {
    await new Promise<void>((listening) => this.server.listen(port, '127.0.0.1', listening));
  }

  async close(): Promise<void> {
    canaries.searchLog(this.received);
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The spans of a trace, once its request has ended. */
  async trace(traceId: string): Promise<Span[]> {
    const found = () => this.spans.filter((span) => span.traceId === traceId);
    await until(() => found().some(({ kind }) => kind === 2));
    return found();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const type = request.headers['content-type'] ?? '';
    const sent = await buffer(request);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    this.requests += 1;
    this.requestLines.add(`${request.method} ${request.url} ${type}`);
    if (this.behaviour === 'hang') await new Promise<void>((goOn) => this.hanging.push(goOn));
    if (this.behaviour === 'accept') this.keep(type, body);
    response.writeHead(Number(this.behaviour) || 200, { 'content-type': type }).end();
  }

  private keep(type: string, body: Buffer): void {
    this.received += `${body.toString('utf8')}\n`;
    if (type !== 'application/json') return;
    for (const { resource, scopeSpans } of (JSON.parse(body.toString()) as Payload).resourceSpans)
      for (const span of scopeSpans.flatMap(({ spans }) => spans))
        this.spans.push({
          ...span,
          attributes: valuesOf(span.attributes),
          resource: valuesOf(resource.attributes),
        });
  }
}

function valuesOf(attributes: Attribute[]): Record<string, string | number> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]),
  );
}
