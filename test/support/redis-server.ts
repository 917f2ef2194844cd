import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectsTo } from './connects-to.js';
import { freePort } from './server.js';
import { until } from './until.js';

/** A Redis for one suite, with nothing on disk. */
export class RedisServer {
  private constructor(
    private readonly process: ChildProcess,
    readonly url: string,
  ) {}

  static async start(): Promise<RedisServer> {
    const port = await freePort();
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const started = spawn('redis-server', options, { stdio: 'ignore' });
    // The run's reaper ends it if the suite does not
    const { GATEHOUSE_TEST_RUN_DIR: runDir = '' } = process.env;
    writeFileSync(join(runDir, 'pids', String(started.pid)), '');
    await until(() => connectsTo(port));
    return new RedisServer(started, `redis://127.0.0.1:${port}`);
  }

  async stop(): Promise<void> {
    const gone = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await gone;
  }
}
