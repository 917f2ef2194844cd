import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

const PROBE = new URL('./probe.mjs', import.meta.url).href;
const READY_WITHIN_MS = 60_000;

/** A server in a process of its own, with the probe in it and its log in a file. */
export class Server {
  #name;
  #child;
  #answers = new Map();
  #asked = 0;

  /** @param {{ name: string, script: string, ready: string, folder: string, env: object }} options */
  static async start({ name, script, ready, folder, env }) {
    const server = new Server();
    server.#name = name;
    server.port = await freePort();
    server.logFile = join(folder, `${name}.log`);
    const began = performance.now();
    const log = openSync(server.logFile, 'a');
    server.#child = spawn(process.execPath, ['--import', PROBE, script], {
      // Not the project's folder: its .env must not affect the measurement
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env, PORT: String(server.port) },
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    server.#child.on('message', ({ id, answer }) => server.#answers.get(id)?.resolve(answer));
    server.#child.on('exit', () => server.#giveUp());
    try {
      await server.#becomeReady(`http://127.0.0.1:${server.port}${ready}`);
    } catch (error) {
      await server.stop();
      throw error;
    }
    const startMs = performance.now() - began;
    server.start = { ms: startMs, cpuMs: (await server.usage()).cpuMicros / 1000 };
    return server;
  }

  /** Sends a message to the process and waits for its answer. */
  async ask(ask, values = {}) {
    const id = (this.#asked += 1);
    const answer = new Promise((resolve, reject) => this.#answers.set(id, { resolve, reject }));
    this.#child.send({ ...values, id, ask });
    return answer.finally(() => this.#answers.delete(id));
  }

  /** @returns {Promise<{ cpuMicros: number, peakKib: number, statements: number }>} since its start */
  usage() {
    return this.ask('usage');
  }

  async stop() {
    if (this.#isGone) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const force = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(force);
  }

  get #isGone() {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #giveUp() {
    for (const { reject } of this.#answers.values()) reject(new Error(`${this.#name} ended`));
  }

  async #becomeReady(url) {
    const deadline = Date.now() + READY_WITHIN_MS;
    for (;;) {
      if (this.#isGone || Date.now() > deadline) {
        throw new Error(`A server did not become ready:\n${readFileSync(this.logFile, 'utf8')}`);
      }
      const answer = await fetch(url).catch(() => null);
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}
