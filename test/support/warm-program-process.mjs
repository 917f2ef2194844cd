import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { Readable, Writable } from 'node:stream';

/*
 * Runs the programs of operators as they are built, one order after the other, without a new process for each: to load
 * them takes ten times the work of a command. Takes orders at the Unix socket that is its argument: a POST of program,
 * arguments, environment, folder and standard input, which is answered with exit code and both outputs.
 *
 * The module of a program is evaluated anew for each order, and everything that it imports is kept.
 */
const [node, , socket] = process.argv;
const { stdout, stderr, exit } = process;
let orders = Promise.resolve();
let count = 0;

/** Thrown by process.exit, so that no more code of the program runs. */
class Exited {}

function captured() {
  const chunks = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}

const set = (name, value) =>
  Object.defineProperty(process, name, { value, configurable: true, writable: true });

async function run({ program, args, environment, folder, input }) {
  const [out, errors] = [captured(), captured()];
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
  const before = process.cwd();
  process.chdir(folder);
  process.argv = [node, program, ...args];
  process.exitCode = undefined;
  process.exit = (code = process.exitCode) => {
    process.exitCode = code;
    throw new Exited();
  };
  set('stdin', Readable.from([Buffer.from(input)]));
  set('stdout', out.stream);
  set('stderr', errors.stream);
  try {
    await import(`../../dist/${program}.js?order=${(count += 1)}`);
  } catch (error) {
    if (!(error instanceof Exited)) throw error;
  } finally {
    set('stdout', stdout);
    set('stderr', stderr);
    process.exit = exit;
    process.chdir(before);
  }
  const code = process.exitCode ?? 0;
  process.exitCode = undefined;
  return { code, stdout: out.text(), stderr: errors.text() };
}

createServer((request, response) => {
  const ended = orders.then(() => json(request)).then(run);
  orders = ended.catch(() => undefined);
  ended.then(
    (result) => response.end(JSON.stringify(result)),
    (error) => response.writeHead(500).end(String(error?.stack ?? error)),
  );
}).listen(socket, () => process.send('listening'));
