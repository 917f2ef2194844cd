import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { loadShare } from '../../dist/boot/load-environment.js';
import { serveUntil } from '../../dist/boot/serve-until.js';
import { Log } from '../../dist/common/log.js';

/*
 * A server that gets new settings without a new process, because loading the program takes five times the work of
 * starting it. Takes orders at the Unix socket that is its argument: DELETE ends the application as SIGTERM would, PUT
 * starts one with the environment that is sent, and answers when it is ready.
 */
const [, , socket] = process.argv;
const LOOK_EVERY_MS = 20;

let stop = new AbortController();
let ended = Promise.resolve();

async function end() {
  stop.abort('SIGTERM');
  // Who started it has been told why it did not start
  await ended.catch(() => undefined);
}

async function start(environment) {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
  const config = loadShare(null);
  stop = new AbortController();
  const log = new Log(config.LOG_LEVEL);
  ended = serveUntil(stop.signal, config, log, { ephemeral: null, own: Promise.resolve(null) });
  ended.catch(() => stop.abort());
  await Promise.race([ended, becomeReady(environment, stop.signal)]);
}

async function becomeReady({ PORT }, signal) {
  const url = `http://127.0.0.1:${PORT}/health/ready`;
  const isReady = () => fetch(url).then(({ ok }) => ok, () => false); // prettier-ignore
  while (!signal.aborted && !(await isReady())) await delay(LOOK_EVERY_MS);
}

createServer((request, response) => {
  const order = request.method === 'PUT' ? json(request).then(start) : end();
  order.then(
    () => response.end(),
    (error) => response.writeHead(500).end(error.stack),
  );
}).listen(socket, () => process.send('listening'));
