import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Server } from './server.js';
import { until } from './until.js';

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Variables that are read when the program loads, as they are in the process that has loaded it. */
const READ_AT_LOAD = { NODE_ENV: 'test', NODE_OPTIONS: undefined, PRODUCTS_DIR: undefined };

/**
 * Runs a built program to its end, on the database and with the keys of a server, one after the other, in a process of the
 * jest worker that has the program loaded. `input` is its standard input.
 */
export async function runProgram(
  name: string,
  args: string[],
  server: Pick<Server, 'settings'>,
  settings: Record<string, string> = {},
  input = '',
): Promise<Ended> {
  const environment: Record<string, string | undefined> = { ...server.settings, ...settings };
  if (Object.entries(READ_AT_LOAD).some(([variable, value]) => environment[variable] !== value))
    return runProcess(name, args, server, settings, input);
  const sent = request({ socketPath: await programSocket(), method: 'POST' });
  sent.end(JSON.stringify({ program: name, args, environment, folder: process.cwd(), input }));
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const ended = await text(answer);
  if (answer.statusCode !== 200) throw new Error(`${name} ended with an error of its own: ${ended}`);
  return JSON.parse(ended) as Ended;
}

/** The same in a process of its own: for programs that run at once, that are killed, or whose process is the point. */
export function runProcess(
  name: string,
  args: string[],
  server: Pick<Server, 'settings'>,
  settings: Record<string, string> = {},
  input = '',
): Promise<Ended> {
  const env = { ...server.settings, ...settings };
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [`dist/${name}.js`, ...args],
      { env },
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
      },
    );
    child.stdin?.end(input);
  });
}

let starting: Promise<void> | null = null;

/** Where the process of this jest worker takes orders; the first suite that needs it starts it, the run's reaper ends it. */
export async function programSocket(): Promise<string> {
  const { GATEHOUSE_TEST_RUN_DIR: runDir = '', JEST_WORKER_ID: worker = '1' } = process.env;
  const socket = join(runDir, `programs-${worker}.socket`);
  if (!existsSync(socket)) await (starting ??= start(runDir, socket));
  return socket;
}

async function start(runDir: string, socket: string): Promise<void> {
  const log = openSync(`${socket}.log`, 'a');
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: READ_AT_LOAD.NODE_ENV };
  delete env.NODE_OPTIONS;
  const child = spawn(process.execPath, ['test/support/warm-program-process.mjs', socket], {
    env,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  writeFileSync(join(runDir, 'pids', String(child.pid)), '');
  await until(() => existsSync(socket) || child.exitCode !== null);
  child.unref();
}
