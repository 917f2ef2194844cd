import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { order, startLoaded } from './loaded-process.js';
import type { Server } from './server.js';

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

type RunProgram = (
  name: string,
  args: string[],
  server: Pick<Server, 'settings'>,
  settings?: Record<string, string>,
  input?: string,
) => Promise<Ended>;

/** Variables that are read when the program loads, as they are in the process that has loaded it. */
const READ_AT_LOAD = { NODE_ENV: 'test', NODE_OPTIONS: undefined, PRODUCTS_DIR: undefined };

/**
 * Runs a built program to its end, on the database and with the keys of a server, one after the other, in a process of the
 * jest worker that has the program loaded. `input` is its standard input.
 */
export const runProgram: RunProgram = async (name, args, server, settings = {}, input = '') => {
  const environment: Record<string, string | undefined> = { ...server.settings, ...settings };
  if (Object.entries(READ_AT_LOAD).some(([variable, value]) => environment[variable] !== value))
    return runProcess(name, args, server, settings, input);
  const program = { program: name, args, environment, folder: process.cwd(), input };
  return JSON.parse(await order(await programSocket(), 'POST', JSON.stringify(program))) as Ended;
};

/** The same in a process of its own: for programs that run at once, that are killed, or whose process is the point. */
export const runProcess: RunProgram = (name, args, server, settings = {}, input = '') => {
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
};

let starting: Promise<unknown> | null = null;

/** Where the process of this jest worker takes orders; the first suite that needs it starts it. */
export async function programSocket(): Promise<string> {
  const { GATEHOUSE_TEST_RUN_DIR: runDir = '', JEST_WORKER_ID: worker = '1' } = process.env;
  const name = `programs-${worker}`;
  const socket = join(runDir, `${name}.socket`);
  const env: NodeJS.ProcessEnv = { ...process.env, ...READ_AT_LOAD };
  if (!existsSync(socket)) await (starting ??= startLoaded('warm-program-process.mjs', name, env));
  return socket;
}
