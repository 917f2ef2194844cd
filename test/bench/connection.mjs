import { once } from 'node:events';
import { connect } from 'node:net';

const END_OF_HEAD = '\r\n\r\n';

/**
 * One keep-alive HTTP/1.1 connection with one request in flight. It parses only what a JSON response with a
 * Content-Length needs: it shares two cores with the measured server, so it must cost next to nothing.
 */
export class Connection {
  #socket;
  #received = Buffer.alloc(0);
  #settle = null;

  /** @param {{ port: number, localAddress?: string }} end */
  static async open({ port, localAddress }) {
    const connection = new Connection();
    const socket = connect({ host: '127.0.0.1', port, localAddress, noDelay: true });
    await once(socket, 'connect');
    socket.on('data', (chunk) => connection.#receive(chunk));
    socket.on('error', (error) => connection.#fail(error));
    socket.on('close', () => connection.#fail(new Error('The server closed the connection')));
    connection.#socket = socket;
    return connection;
  }

  /** @param {string} request whole, in bytes of ASCII @returns {Promise<string>} the response's body; throws unless it is a success */
  async send(request) {
    const { isSuccess, status, body } = await this.ask(request);
    if (!isSuccess) throw new Error(`Refused: ${status} ${body}`);
    return body;
  }

  /** As `send`, but a refusal is an answer, too. @returns {Promise<{ isSuccess: boolean, status: string, body: string }>} */
  ask(request) {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.write(request, 'latin1');
    });
  }

  close() {
    this.#settle = null;
    this.#socket.destroy();
  }

  #receive(chunk) {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const end = this.#received.indexOf(END_OF_HEAD);
    if (end < 0) return;
    const head = this.#received.latin1Slice(0, end);
    const start = end + END_OF_HEAD.length;
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    if (this.#received.length < start + length) return;
    const body = this.#received.utf8Slice(start, start + length);
    this.#received = Buffer.alloc(0);
    const isSuccess = head.startsWith('HTTP/1.1 2');
    this.#settle?.resolve({ isSuccess, status: head.split('\r\n')[0], body });
  }

  #fail(error) {
    this.#settle?.reject(error);
  }
}

/** The text of a request; `body` is sent as JSON. */
export function request(method, path, { token, apiKey, cookie, body } = {}) {
  const json = body === undefined ? '' : JSON.stringify(body);
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    'user-agent: gatehouse-bench',
    ...(token ? [`authorization: Bearer ${token}`] : []),
    ...(apiKey ? [`x-api-key: ${apiKey}`] : []),
    ...(cookie ? [`cookie: ${cookie}`] : []),
    ...(json ? ['content-type: application/json', `content-length: ${json.length}`] : []),
  ];
  return `${lines.join('\r\n')}${END_OF_HEAD}${json}`;
}
