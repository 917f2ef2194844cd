import { execFile } from 'node:child_process';
import type { Server } from './server.js';

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a built program to its end, on the database and with the keys of a server. `input` is its standard input. */
export function runProgram(
  name: string,
  args: string[],
  server: Server,
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
