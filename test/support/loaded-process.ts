import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** Where it takes orders, and where its output goes. */
export interface LoadedProcess {
  socket: string;
  logFile: string;
}

/**
 * Starts a script of this folder that loads the built program once and then takes orders at a Unix socket. `name` is
 * unique in the run, whose reaper ends the process. Throws if it ends before it listens.
 */
export async function startLoaded(
  script: string,
  name: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<LoadedProcess> {
  const { GATEHOUSE_TEST_RUN_DIR: runDir = '' } = process.env;
  const [socket, logFile] = [join(runDir, `${name}.socket`), join(runDir, `${name}.log`)];
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, [`test/support/${script}`, socket], {
    env,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  writeFileSync(join(runDir, 'pids', String(child.pid)), '');
  // The file of the socket is there before somebody listens
  const listens = once(child, 'message').then(() => true);
  if (!(await Promise.race([listens, once(child, 'exit').then(() => false)])))
    throw new Error(`${script} ended: see ${logFile}`);
  child.disconnect();
  child.unref();
  return { socket, logFile };
}

/** Returns the answer to an order. Throws the reason why it was not carried out. */
export async function order(socket: string, method: string, body: string): Promise<string> {
  // A connection of its own: the process closes one that is kept for seconds, perhaps at this moment
  const sent = request({ socketPath: socket, method, agent: false });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const said = await text(answer);
  if (answer.statusCode !== 200) throw new Error(said);
  return said;
}
