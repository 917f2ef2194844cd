import { AsyncLocalStorage } from 'node:async_hooks';
import { appendFileSync } from 'node:fs';
import { Server } from 'node:http';
import { createRequire } from 'node:module';
import { Socket } from 'node:net';
import { join } from 'node:path';

/*
 * Loaded into a server before its own code (`--import`). For each request with the header, it writes the server's
 * expensive work into a file: the statements that are sent to PostgreSQL, by name or text and without values, and the
 * passwords that are hashed, with their parameters.
 */
const { DATABASE_URL, WORK_PROBE_FILE } = process.env;
const HEADER = 'x-work-probe';
const POSTGRES_PORT = Number(new URL(DATABASE_URL).port);

const requests = new AsyncLocalStorage();

function note(work) {
  const request = requests.getStore();
  if (request) appendFileSync(WORK_PROBE_FILE, `${JSON.stringify({ request, work })}\n`);
}

const { emit } = Server.prototype;
Server.prototype.emit = function (event, request, ...rest) {
  const name = event === 'request' ? request.headers[HEADER] : undefined;
  if (name === undefined) return emit.call(this, event, request, ...rest);
  // The event of a body runs in the context of its connection
  const emitOfRequest = request.emit;
  request.emit = function (...values) {
    return requests.run(name, () => emitOfRequest.apply(this, values));
  };
  return requests.run(name, () => emit.call(this, event, request, ...rest));
};

/** PostgreSQL's protocol: the messages Query, Parse and Bind; each is a write of its own. */
const READERS = {
  Q: (text) => note(`query ${text()}`),
  P: (text, socket) => {
    const name = text();
    if (name === '') socket.unnamedStatement = text();
  },
  B: (text, socket) => {
    text();
    note(`query ${text() || socket.unnamedStatement}`);
  },
};
const LENGTH_OF_HEAD = 5;

const { write } = Socket.prototype;
Socket.prototype.write = function (chunk, ...parameters) {
  const read = this.remotePort === POSTGRES_PORT && READERS[String.fromCharCode(chunk[0])];
  if (read) {
    let at = LENGTH_OF_HEAD;
    const text = () => {
      const end = chunk.indexOf(0, at);
      const found = chunk.toString('utf8', at, end);
      at = end + 1;
      return found.replace(/\s+/g, ' ').trim();
    };
    read(text, this);
  }
  return write.call(this, chunk, ...parameters);
};

const argon2 = createRequire(join(process.cwd(), 'package.json'))('@node-rs/argon2');
const { hash, verify } = argon2;
argon2.hash = (password, options) => {
  note(`hash m=${options.memoryCost},t=${options.timeCost},p=${options.parallelism}`);
  return hash(password, options);
};
argon2.verify = (phc, ...rest) => {
  note(`hash ${phc.split('$')[3]}`);
  return verify(phc, ...rest);
};
