import { Agent } from 'undici';

/** A client for many requests whose values the search for secrets does not record: they are not secret. */
export class PlainClient {
  private readonly agent: Agent;

  constructor(
    private readonly origin: string,
    private readonly token: string | null = null,
    localAddress = '127.0.0.1',
  ) {
    this.agent = new Agent({ localAddress, connections: 8 });
  }

  async send(
    method: string,
    path: string,
    body?: string,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; type: string; text: string }> {
    const response = await this.agent.request({
      origin: this.origin,
      path,
      method,
      headers: {
        ...(this.token !== null && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body ?? null,
    });
    const text = await response.body.text();
    return { status: response.statusCode, type: String(response.headers['content-type']), text };
  }

  close(): Promise<void> {
    return this.agent.close();
  }
}
