import { milliseconds } from '../../support/clock.js';
import type { Figures } from '../../support/load/journal.js';
import { type Load, startLoad } from '../../support/load/start-load.js';
import { Server, type Settings } from '../../support/server.js';
import { until } from '../../support/until.js';

/** Limits as the product has them, and none on the number of messages. */
const SETTINGS: Settings = {
  MIGRATE_ON_START: 'true',
  DATABASE_TIMEOUT_SECONDS: null,
  DATABASE_LOCK_SECONDS: null,
  DATABASE_CONNECT_SECONDS: null,
  DATABASE_IDLE_SECONDS: null,
  REQUEST_TIMEOUT_SECONDS: null,
  EMAIL_INTERVAL_SECONDS: '0',
  SMS_DAILY_BUDGET: '10000000',
  SMS_COUNTRY_DAILY_BUDGET: '10000000',
  SMS_HOLD_AFTER: '10000000',
  LOGIN_ADDRESS_FAILURES: '100000',
};

/** Whether this answer of `/health/ready`, which has just arrived, is right. */
type Judge = (status: number) => boolean | Promise<boolean>;

/** Two servers at one address of a database, under the mixed load. */
export class LoadedServers {
  /** Judges every answer of both servers' readiness that began and ended under it. */
  judge: Judge = () => true;
  /** Answers of readiness that were judged wrong. */
  readonly wronglyReady: string[] = [];
  private load: Load;
  private isOver = false;
  private longestPauseMs = 0;
  private readonly watching: Promise<unknown>;

  private constructor(
    private readonly servers: readonly Server[],
    private readonly seed: number,
  ) {
    this.load = this.startLoad();
    this.watching = Promise.all([...this.origins.map((origin) => this.watch(origin)), this.watchPauses()]);
  }

  static async start(databaseUrl: string, seed: number): Promise<LoadedServers> {
    const first = await Server.start({ ...SETTINGS, DATABASE_URL: databaseUrl });
    return new LoadedServers([first, await first.startSibling()], seed);
  }

  /** How often each server became ready after its start. */
  get starts(): number[] {
    return this.servers.map(({ log }) => log.match(/"msg":"ready"/g)?.length ?? 0);
  }

  /** Starts the load again after `check`, with a journal of its own. */
  resume(): void {
    this.longestPauseMs = 0;
    this.load = this.startLoad();
  }

  /** Resolves when so many more changes have been acknowledged. */
  async acknowledges(changes: number): Promise<void> {
    const { journal } = this.load;
    const enough = journal.acknowledged + changes;
    await until(() => journal.acknowledged >= enough);
  }

  async untilReady(wanted: 200 | 503): Promise<void> {
    for (const origin of this.origins) await until(async () => (await readiness(origin)) === wanted);
  }

  /** Stops the load, and tries every claim of its journal at both servers. */
  async check(): Promise<Figures & { longestPauseMs: number }> {
    const { longestPauseMs, load } = this;
    await load.stop();
    return { ...(await load.journal.check(this.origins)), longestPauseMs };
  }

  async close(): Promise<void> {
    this.isOver = true;
    await Promise.all([this.load.stop(), this.watching]);
    await Promise.all(this.servers.map((server) => server.dispose()));
  }

  private get origins(): string[] {
    return this.servers.map(({ origin }) => origin);
  }

  private startLoad(): Load {
    return startLoad(this.origins, { seed: this.seed });
  }

  private async watch(origin: string): Promise<void> {
    await until(async () => {
      const { judge } = this;
      const status = await readiness(origin);
      if (judge === this.judge && !(await judge(status))) this.wronglyReady.push(`${origin}: ${status}`);
      return this.isOver;
    });
  }

  /** Measures how long no change was acknowledged. */
  private async watchPauses(): Promise<void> {
    let [journal, acknowledged, since] = [this.load.journal, 0, milliseconds()];
    await until(() => {
      // A new load begins to wait now
      if (journal !== this.load.journal)
        [journal, acknowledged, since] = [this.load.journal, 0, milliseconds()];
      this.longestPauseMs = Math.max(this.longestPauseMs, milliseconds() - since);
      if (journal.acknowledged !== acknowledged)
        [acknowledged, since] = [journal.acknowledged, milliseconds()];
      return this.isOver;
    });
  }
}

async function readiness(origin: string): Promise<number> {
  return (await fetch(`${origin}/health/ready`)).status;
}
