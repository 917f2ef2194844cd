import { type Load, startLoad } from '../../support/load/start-load.js';
import { PostgresCluster } from '../../support/postgres-cluster.js';
import { Server, type Settings } from '../../support/server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
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

/** How a primary is lost: it crashes, an operator stops it, or its machine stands still. */
export type Loss = 'crash' | 'stop' | 'freeze';

/** Two servers at one address of a database with a standby. */
export class ReplicatedWorld {
  /** Whether there is a primary that the servers can reach. */
  private hasPrimary = true;
  private isOver = false;
  /** Answers of `/health/ready` that were 200 while there was no primary. */
  readonly wronglyReady: string[] = [];
  private watching: Promise<unknown> = Promise.resolve();
  private thaw = (): void => undefined;

  private constructor(
    readonly servers: readonly Server[],
    readonly primary: PostgresCluster,
    readonly standby: PostgresCluster,
    /** What operators put before their databases: a virtual address, or HAProxy. */
    private readonly address: TcpProxy,
    readonly load: Load,
  ) {}

  static async open(seed: number): Promise<ReplicatedWorld> {
    const primary = await PostgresCluster.start();
    const standby = await primary.addStandby();
    const address = await TcpProxy.to(primary.url);
    const first = await Server.start({ ...SETTINGS, DATABASE_URL: address.url });
    const servers = [first, await first.startSibling()];
    const load = startLoad(origins(servers), { seed });
    const world = new ReplicatedWorld(servers, primary, standby, address, load);
    world.watching = Promise.all(origins(servers).map((origin) => world.watch(origin)));
    return world;
  }

  /** From now on a change is acknowledged when the standby has applied it. */
  async synchronize(): Promise<void> {
    await this.primary.administer(`ALTER SYSTEM SET synchronous_standby_names = '*'`);
    await this.primary.administer(`ALTER SYSTEM SET synchronous_commit = 'remote_apply'`);
    await this.primary.administer('SELECT pg_reload_conf()');
    await until(async () => {
      const standbys = await this.primary.administer('SELECT sync_state FROM pg_stat_replication');
      return standbys.some((standby) => standby.sync_state === 'sync');
    });
  }

  /** Resolves when so many more changes have been acknowledged. */
  async acknowledges(changes: number): Promise<void> {
    const { journal } = this.load;
    const enough = journal.acknowledged + changes;
    await until(() => journal.acknowledged >= enough);
  }

  /** Takes the primary away, and waits until both servers say so. */
  async lose(loss: Loss): Promise<void> {
    if (loss === 'freeze') this.thaw = this.primary.freeze();
    else await this.primary.stop(loss === 'crash' ? 'immediate' : 'fast');
    this.hasPrimary = false;
    await this.untilReady(503);
  }

  /** Moves the address to the standby, which refuses to write, and then promotes it. */
  async failOver(): Promise<void> {
    this.address.switchTo(this.standby.url);
    await this.untilReady(503);
    this.hasPrimary = true;
    await this.standby.administer('SELECT pg_promote()');
    await this.untilReady(200);
    // What was the primary comes back, and nobody is led to it
    this.thaw();
    this.thaw = () => undefined;
  }

  async untilReady(wanted: 200 | 503): Promise<void> {
    for (const origin of origins(this.servers)) await until(async () => (await readiness(origin)) === wanted);
  }

  async close(): Promise<void> {
    this.isOver = true;
    this.thaw();
    await Promise.all([this.load.stop(), this.watching]);
    await Promise.all(this.servers.map((server) => server.dispose()));
    this.address.close();
    await Promise.all([this.primary.dispose(), this.standby.dispose()]);
  }

  private async watch(origin: string): Promise<void> {
    await until(async () => {
      const hadNone = !this.hasPrimary;
      const status = await readiness(origin);
      if (hadNone && !this.hasPrimary && status !== 503) this.wronglyReady.push(`${origin}: ${status}`);
      return this.isOver;
    });
  }
}

export const origins = (servers: readonly Server[]): string[] => servers.map(({ origin }) => origin);

async function readiness(origin: string): Promise<number> {
  return (await fetch(`${origin}/health/ready`)).status;
}
