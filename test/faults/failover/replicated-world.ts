import { PostgresCluster } from '../../support/postgres-cluster.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { until } from '../../support/until.js';
import { LoadedServers } from './loaded-servers.js';

/** How a primary is lost: it crashes, an operator stops it, or its machine stands still. */
export type Loss = 'crash' | 'stop' | 'freeze';

/** Two servers at one address of a database with a standby. */
export class ReplicatedWorld {
  private thaw = (): void => undefined;

  private constructor(
    readonly servers: LoadedServers,
    readonly primary: PostgresCluster,
    readonly standby: PostgresCluster,
    /** What operators put before their databases: a virtual address, or HAProxy. */
    private readonly address: TcpProxy,
  ) {}

  static async open(seed: number): Promise<ReplicatedWorld> {
    const primary = await PostgresCluster.start();
    const standby = await primary.addStandby();
    const address = await TcpProxy.to(primary.url);
    const servers = await LoadedServers.start(address.url, seed);
    return new ReplicatedWorld(servers, primary, standby, address);
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

  /** Takes the primary away, and waits until both servers say so. */
  async lose(loss: Loss): Promise<void> {
    if (loss === 'freeze') this.thaw = this.primary.freeze();
    else await this.primary.stop(loss === 'crash' ? 'immediate' : 'fast');
    this.servers.judge = (status) => status === 503;
    await this.servers.untilReady(503);
  }

  /** Moves the address to the standby, which refuses to write, and then promotes it. */
  async failOver(): Promise<void> {
    this.address.switchTo(this.standby.url);
    await this.servers.untilReady(503);
    this.servers.judge = () => true;
    await this.standby.administer('SELECT pg_promote()');
    await this.servers.untilReady(200);
    // What was the primary comes back, and nobody is led to it
    this.thaw();
    this.thaw = () => undefined;
  }

  async close(): Promise<void> {
    this.thaw();
    await this.servers.close();
    this.address.close();
    await Promise.all([this.primary.dispose(), this.standby.dispose()]);
  }
}
