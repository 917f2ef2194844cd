import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectsTo } from './connects-to.js';
import { freePort } from './server.js';
import { until } from './until.js';

/** A Redis for one suite, with nothing on disk. */
export class RedisServer {
  private process: ChildProcess | null = null;

  private constructor(private readonly port: number) {}

  static async start(): Promise<RedisServer> {
    const redis = new RedisServer(await freePort());
    await redis.run();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again, empty, at the same port. */
  async run(): Promise<void> {
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    this.process = spawn('redis-server', options, { stdio: 'ignore' });
    // The run's reaper ends it if the suite does not
    const { GATEHOUSE_TEST_RUN_DIR: runDir = '' } = process.env;
    writeFileSync(join(runDir, 'pids', String(this.process.pid)), '');
    await until(() => connectsTo(this.port));
  }

  /** Ends it at once. */
  async stop(): Promise<void> {
    if (!this.process) return;
    const gone = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await gone;
    this.process = null;
  }

  /** Stops the process where it stands, until the returned function is called: it accepts connections and never answers. */
  freeze(): () => void {
    const frozen = this.process;
    frozen?.kill('SIGSTOP');
    return () => void frozen?.kill('SIGCONT');
  }
}
