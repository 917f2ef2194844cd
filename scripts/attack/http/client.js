import { createAgent, send } from './send.js';

/**
 * Sends requests from one source address, signed in or not. The user agent names the case, so that an operator finds
 * its requests in the log and in the audit trail.
 */
export class Client {
  constructor(scope, { token = null, address, agent } = {}) {
    this.scope = scope;
    this.token = token;
    this.address = address;
    this.agent = agent ?? createAgent(scope.target.origin, address);
    scope.agents.add(this.agent);
  }

  /** The same address and connections, with this credential; null for none. */
  as(token) {
    return new Client(this.scope, { token, address: this.address, agent: this.agent });
  }

  get(path, options) {
    return this.send('GET', path, undefined, options);
  }

  post(path, body, options) {
    return this.send('POST', path, body, options);
  }

  patch(path, body, options) {
    return this.send('PATCH', path, body, options);
  }

  put(path, body, options) {
    return this.send('PUT', path, body, options);
  }

  delete(path, body, options) {
    return this.send('DELETE', path, body, options);
  }

  /** Texts and bytes are sent as they are, anything else as JSON. */
  send(method, path, body, { headers = {} } = {}) {
    this.scope.spendRequest();
    const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
    return send(this.scope.target.origin, this.agent, {
      method,
      path,
      body: body === undefined || isRaw ? body : JSON.stringify(body),
      headers: {
        'user-agent': `gatehouse-attack-pack (${this.scope.name})`,
        ...(this.token !== null && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
    });
  }
}
