/** Requests to a development server, whose inbox has the links and codes. */
export class Api {
  constructor(origin) {
    this.origin = origin;
  }

  /** Throws, with what to do, where no development server is ready. */
  async assertReady() {
    const ready = await this.send('GET', '/health/ready').catch(() => null);
    const inbox = ready?.status === 200 && (await this.send('GET', '/dev/messages?to=nobody@example.com'));
    if (inbox?.status !== 200)
      throw new Error(
        `No development server is ready at ${this.origin}: run npm start, or name its address.`,
      );
  }

  async isServed(contract) {
    return (await this.send('GET', `/openapi/${contract}.json`)).status === 200;
  }

  /** The body of a successful response. Throws for any other. */
  async get(method, path, body, token) {
    const answer = await this.send(method, path, body, token);
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    throw new Error(`${method} ${path} got ${answer.status}: ${JSON.stringify(answer.body)}`);
  }

  async send(method, path, body, token) {
    const response = await fetch(`${this.origin}${path}`, {
      method,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, body: isJson ? JSON.parse(text) : text };
  }

  /** The newest message of this template to the address or number. */
  async message(to, template) {
    const messages = await this.get('GET', `/dev/messages?to=${encodeURIComponent(to)}`);
    const found = messages.find((message) => message.template === template);
    if (!found) throw new Error(`There is no ${template} message to ${to}`);
    return found;
  }

  async linkToken(to, template) {
    return (await this.message(to, template)).link.split('token=')[1];
  }
}
