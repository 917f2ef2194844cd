import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type LoadedProcess, order, startLoaded } from './loaded-process.js';

/** Variables that are read when the program loads: a process that has loaded it does not see that they change. */
const READ_AT_LOAD = ['NODE_ENV', 'NODE_OPTIONS', 'PRODUCTS_DIR', 'WORKERS'];

/** A process that runs the built server with one environment after the other. */
export class WarmServer {
  private constructor(readonly reference: LoadedProcess) {}

  static async spawn(): Promise<WarmServer> {
    const first = takeFirst();
    if (first) return new WarmServer(first);
    const name = `warm-${randomBytes(6).toString('hex')}`;
    return new WarmServer(await startLoaded('warm-server-process.mjs', name));
  }

  /** The one that another spec file started. */
  static attach(reference: LoadedProcess): WarmServer {
    return new WarmServer(reference);
  }

  get logFile(): string {
    return this.reference.logFile;
  }

  /** Returns when it is ready. Throws the reason why it does not start. */
  async start(environment: Record<string, string>, settings: object): Promise<void> {
    const changed = (name: string) => name in settings && environment[name] !== process.env[name];
    const unseen = READ_AT_LOAD.filter(changed);
    if (unseen.length > 0) throw new Error(`createTestApp is for a server with ${unseen.join(', ')}`);
    await order(this.reference.socket, 'PUT', JSON.stringify(environment));
  }

  /** Drains it and closes its connections to the database, as SIGTERM does. */
  async stop(): Promise<void> {
    await order(this.reference.socket, 'DELETE', '');
  }
}

/** The process that the run has loaded meanwhile (global-setup.ts), for one taker. */
function takeFirst(): LoadedProcess | null {
  const file = join(process.env.GATEHOUSE_TEST_RUN_DIR ?? '', 'warm-first.json');
  const taken = `${file}.taken-${process.pid}`;
  try {
    renameSync(file, taken);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return JSON.parse(readFileSync(taken, 'utf8')) as LoadedProcess;
}
