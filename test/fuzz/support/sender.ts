import { Agent, errors } from 'undici';
import type { WireRequest } from './requests.js';

export interface FuzzReply {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** Sends what a client library can send, from an address of its own, and follows no redirect. */
export class Sender {
  private readonly agent: Agent;

  constructor(
    private readonly origin: string,
    localAddress: string,
  ) {
    this.agent = new Agent({ localAddress, connections: 4, keepAliveTimeout: 2_000 });
  }

  /** Null where the library cannot send the request. */
  async send(request: WireRequest): Promise<FuzzReply | null> {
    try {
      return await this.attempt(request);
    } catch (error) {
      if (error instanceof errors.InvalidArgumentError || error instanceof errors.NotSupportedError)
        return null;
      if (!(error instanceof errors.SocketError)) throw error;
      // The server may just have closed a connection that it refused, or that was idle
      return this.attempt(request);
    }
  }

  close(): Promise<void> {
    return this.agent.close();
  }

  private async attempt({ method, path, headers, body }: WireRequest): Promise<FuzzReply> {
    const response = await this.agent.request({
      origin: this.origin,
      method: method,
      path,
      headers,
      body,
    });
    const flat = Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(', ')]);
    return {
      status: response.statusCode,
      headers: Object.fromEntries(flat) as Record<string, string>,
      text: await response.body.text(),
    };
  }
}
