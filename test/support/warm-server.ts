import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { until } from './until.js';

/** Variables that are read when the program loads: a process that has loaded it does not see that they change. */
const READ_AT_LOAD = ['NODE_ENV', 'NODE_OPTIONS', 'PRODUCTS_DIR', 'WORKERS'];

/** A process that runs the built server with one environment after the other; the run's reaper ends it. */
export class WarmServer {
  private constructor(
    private readonly socket: string,
    readonly logFile: string,
  ) {}

  static async spawn(): Promise<WarmServer> {
    const { GATEHOUSE_TEST_RUN_DIR: runDir = '' } = process.env;
    const name = `warm-${randomBytes(6).toString('hex')}`;
    const socket = join(runDir, `${name}.socket`);
    const logFile = join(runDir, `${name}.log`);
    const log = openSync(logFile, 'a');
    const child = spawn(process.execPath, ['test/support/warm-server-process.mjs', socket], {
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    writeFileSync(join(runDir, 'pids', String(child.pid)), '');
    await until(() => existsSync(socket) || child.exitCode !== null);
    child.unref();
    return new WarmServer(socket, logFile);
  }

  /** The one that another spec file started. */
  static attach({ socket, logFile }: { socket: string; logFile: string }): WarmServer {
    return new WarmServer(socket, logFile);
  }

  get reference() {
    return { socket: this.socket, logFile: this.logFile };
  }

  /** Returns when it is ready. Throws the reason why it does not start. */
  async start(environment: Record<string, string>, settings: object): Promise<void> {
    const changed = (name: string) => name in settings && environment[name] !== process.env[name];
    const unseen = READ_AT_LOAD.filter(changed);
    if (unseen.length > 0) throw new Error(`createTestApp is for a server with ${unseen.join(', ')}`);
    await this.order('PUT', JSON.stringify(environment));
  }

  /** Drains it and closes its connections to the database, as SIGTERM does. */
  stop(): Promise<void> {
    return this.order('DELETE', '');
  }

  private async order(method: string, body: string): Promise<void> {
    // A connection of its own: the process closes one that is kept for seconds, perhaps at this moment
    const sent = request({ socketPath: this.socket, method, agent: false });
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const reason = await text(answer);
    if (answer.statusCode !== 200) throw new Error(`The server did not start: ${reason}`);
  }
}
