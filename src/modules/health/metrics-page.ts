import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { answerSiblings, askPrimary, workerPlace } from '../../common/workers.js';
import { Database } from '../../database/database.js';
import { MessageBacklog } from '../messaging/delivery/message-backlog.js';
import type { Readings, Sample } from '../metrics/gauges.js';
import { Metrics, type MetricsReading } from '../metrics/metrics.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { RekeyingWatch } from '../rekeying/rekeying-watch.js';
import { Readiness } from './readiness.js';
import { SingleFlight } from './single-flight.js';

/** The metrics of this server, of all its workers together, as a page that a monitoring system scrapes. */
@Injectable()
export class MetricsPage implements OnApplicationBootstrap {
  private readonly isReady: SingleFlight<boolean>;
  private readonly waitingMessages: SingleFlight<ReadonlyMap<string, number>>;
  private rendering: Promise<string> | null = null;

  constructor(
    private readonly metrics: Metrics,
    private readonly database: Database,
    private readonly hasher: PasswordHasher,
    private readonly readiness: Readiness,
    private readonly rekeying: RekeyingWatch,
    backlog: MessageBacklog,
  ) {
    this.isReady = new SingleFlight(() => readiness.isReady(), false);
    this.waitingMessages = new SingleFlight(() => backlog.count(), new Map());
  }

  onApplicationBootstrap(): void {
    this.metrics.watchProcess();
    if (workerPlace()) answerSiblings(async () => this.metrics.read(await this.read()));
  }

  /**
   * Renders the page in the Prometheus text format, in bounded time even if the database does not answer. Concurrent
   * calls share one result.
   */
  render(): Promise<string> {
    this.rendering ??= Promise.all([this.read(), readSiblings()])
      .then(([readings, others]) => this.metrics.render(readings, others))
      .finally(() => {
        this.rendering = null;
      });
    return this.rendering;
  }

  private async read(): Promise<Readings> {
    // Read the pools before any query, so that the queries of this page are not counted in them
    const { pools } = this.database;
    const { running, waiting } = this.hasher.load;
    const isReady = await this.isReady.take();
    const messages = isReady ? await this.waitingMessages.take() : new Map<string, number>();
    return {
      gatehouse_ready: [{ value: isReady ? 1 : 0 }],
      gatehouse_clock_skew_seconds: [{ value: (isReady ? this.readiness.clockSkewSeconds : null) ?? NaN }],
      gatehouse_password_hashes: samples('state', { running, waiting }),
      gatehouse_database_connections: pools.flatMap(({ name: pool, total, idle }) => [
        { labels: { pool, state: 'idle' }, value: idle },
        { labels: { pool, state: 'busy' }, value: total - idle },
      ]),
      gatehouse_database_connections_max: pools.map(({ name: pool, max }) => ({
        labels: { pool },
        value: max,
      })),
      gatehouse_database_waiting: pools.map(({ name: pool, waiting: value }) => ({
        labels: { pool },
        value,
      })),
      gatehouse_secrets_under_other_key: samples('purpose', Object.fromEntries(this.rekeying.remaining)),
      gatehouse_messages_waiting: samples('channel', Object.fromEntries(messages)),
    };
  }
}

/** A worker that does not answer is left out. */
async function readSiblings(): Promise<MetricsReading[]> {
  if (!workerPlace()) return [];
  return askPrimary({ topic: 'metrics' }).catch(() => []) as Promise<MetricsReading[]>;
}

function samples(label: string, values: Record<string, number>): Sample[] {
  return Object.entries(values).map(([name, value]) => ({ labels: { [label]: name }, value }));
}
