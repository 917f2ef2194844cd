import cluster, { type Worker } from 'node:cluster';
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../../common/log.js';
import { PLACE_VARIABLE, tell } from '../../common/workers.js';
import { Switchboard } from './switchboard.js';
import { WorkerFailed } from './worker-failed.js';

/** Waits before a worker that ended is replaced: doubled each time, until one has lived for a minute. */
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 30_000;
const HEALTHY_AFTER_MS = 60_000;

/** The worker processes of this server: started together, replaced when they end, stopped together. */
export class WorkerPool {
  private readonly workers = new Map<number, Worker>();
  private readonly switchboard = new Switchboard(() => [...this.workers.values()]);
  private readonly stopping = new AbortController();
  private failed: (failure: WorkerFailed) => void = () => undefined;
  /** Rejects if a worker ends before it ever served, or for a wrong configuration: another would, too. */
  readonly failure = new Promise<never>((_resolve, reject) => {
    this.failed = reject;
  });

  constructor(
    private readonly count: number,
    private readonly environment: Record<string, string>,
    private readonly log: Log,
  ) {
    this.failure.catch(() => undefined);
    // Numbers that JSON does not know, like NaN, are readings
    cluster.setupPrimary({ serialization: 'advanced' });
  }

  /** Resolves when every worker listens. */
  async start(): Promise<void> {
    const all = Array.from({ length: this.count }, (_, index) => this.run(index, 0));
    await Promise.race([Promise.all(all), this.failure, aborted(this.stopping.signal)]);
  }

  /** Passes the signal on, and waits for every worker. */
  async stop(signal: string): Promise<void> {
    this.stopping.abort();
    const gone = [...this.workers.values()].map(
      (worker) => new Promise((resolve) => worker.once('exit', resolve)),
    );
    for (const worker of this.workers.values()) tell(worker, { kind: 'stop', id: 0, content: signal });
    await Promise.all(gone);
    this.switchboard.close();
  }

  /** Resolves when the worker listens. */
  private run(index: number, failures: number): Promise<void> {
    const worker = cluster.fork({ ...this.environment, [PLACE_VARIABLE]: `${index}/${this.count}` });
    const began = performance.now();
    let served = failures > 0;
    this.workers.set(index, worker);
    this.switchboard.connect(worker);
    worker.once('exit', (code: number | null, signal: string | null) => {
      this.workers.delete(index);
      if (this.stopping.signal.aborted) return;
      // sysexits.h EX_CONFIG
      if (!served || code === 78) return this.failed(new WorkerFailed(code || 1));
      const lived = performance.now() - began;
      void this.replace(index, lived > HEALTHY_AFTER_MS ? 1 : failures + 1, signal ?? code);
    });
    return new Promise((resolve) => {
      worker.once('listening', () => {
        served = true;
        this.log.write('info', 'a worker serves', { worker: index, pid: worker.process.pid });
        resolve();
      });
    });
  }

  private async replace(index: number, failures: number, end: string | number | null): Promise<void> {
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
    this.log.write('error', 'a worker ended and is replaced', { worker: index, end, waitMs });
    await delay(waitMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    if (this.stopping.signal.aborted) return;
    await this.run(index, failures);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
