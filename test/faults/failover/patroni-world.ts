import { PatroniCluster } from '../../support/patroni-cluster.js';
import type { PatroniNode } from '../../support/patroni-node.js';
import { until } from '../../support/until.js';
import { LoadedServers } from './loaded-servers.js';

const ready = (status: number): boolean => status === 200;

/** Two servers whose database Patroni, etcd and HAProxy keep available. */
export class PatroniWorld {
  private thaw = (): void => undefined;
  private lost: PatroniNode | null = null;

  private constructor(
    readonly cluster: PatroniCluster,
    readonly servers: LoadedServers,
  ) {}

  static async open(seed: number): Promise<PatroniWorld> {
    const cluster = await PatroniCluster.start();
    try {
      const servers = await LoadedServers.start(cluster.url, seed);
      servers.judge = ready;
      return new PatroniWorld(cluster, servers);
    } catch (error) {
      await cluster.dispose();
      throw error;
    }
  }

  /** Every process of the primary's machine ends at once. */
  crash(): Promise<void> {
    return this.lose((primary) => primary.kill());
  }

  /** The machine that crashed starts again, and becomes the synchronous standby. */
  async rejoin(): Promise<void> {
    this.lost?.run();
    await this.cluster.untilSynchronous();
  }

  async switchover(): Promise<void> {
    const next = this.cluster.other(await this.cluster.primary());
    this.servers.judge = () => true;
    await this.cluster.switchover();
    await until(() => next.isPrimary());
    await this.settle();
    await this.cluster.untilSynchronous();
  }

  /** The primary's machine stands still, and is reset, as a watchdog does it, when the other node was promoted. */
  async freeze(): Promise<void> {
    await this.lose((node) => {
      this.thaw = node.freeze();
      return Promise.resolve();
    });
    await this.lost?.kill();
    await this.rejoin();
  }

  async close(): Promise<void> {
    this.thaw();
    await this.servers.close();
    await this.cluster.dispose();
  }

  /** Takes the primary away, and waits until both servers say so, the other node is promoted, and they are ready. */
  private async lose(take: (primary: PatroniNode) => Promise<void>): Promise<void> {
    const primary = await this.cluster.primary();
    const next = this.cluster.other(primary);
    this.servers.judge = () => true;
    await take(primary);
    this.lost = primary;
    await this.servers.untilReady(503);
    // Once promoted it stays so: no answer is ready before
    this.servers.judge = async (status) => status === 503 || (await next.isPrimary());
    await until(() => next.isPrimary());
    await this.settle();
  }

  private async settle(): Promise<void> {
    await this.servers.untilReady(200);
    this.servers.judge = ready;
  }
}
