import type { Figures } from '../../../support/load/journal.js';
import { Random } from '../../../support/load/random.js';
import { type Load, startLoad } from '../../../support/load/start-load.js';
import { MailSink } from '../../../support/mail-sink.js';
import { PostgresCluster } from '../../../support/postgres-cluster.js';
import { RedisServer } from '../../../support/redis-server.js';
import { Server, type Settings } from '../../../support/server.js';
import { SmsProviderStandIn } from '../../../support/sms-provider.js';
import { TcpProxy } from '../../../support/tcp-proxy.js';
import { until } from '../../../support/until.js';

/** Limits as the product has them, and none on the number of messages. */
const SETTINGS: Settings = {
  MIGRATE_ON_START: 'true',
  THROTTLE_ENABLED: 'true',
  DATABASE_TIMEOUT_SECONDS: null,
  DATABASE_LOCK_SECONDS: null,
  DATABASE_CONNECT_SECONDS: null,
  DATABASE_IDLE_SECONDS: null,
  REQUEST_TIMEOUT_SECONDS: null,
  SHUTDOWN_SECONDS: null,
  DELIVERY_TRY_SECONDS: null,
  EMAIL_INTERVAL_SECONDS: '0',
  SMS_DAILY_BUDGET: '10000000',
  SMS_COUNTRY_DAILY_BUDGET: '10000000',
  SMS_HOLD_AFTER: '10000000',
  LOGIN_ADDRESS_FAILURES: '100000',
};

/** Looks without any answer, after which every life waits for what has failed. */
const LOOKS_OF_A_STANDSTILL = 40;

export interface Report extends Figures {
  /** Recipients without their message. */
  missing: string[];
  /** Messages that were delivered more than twice. */
  repeated: string[];
}

/** Two servers, all that they need, and their load. */
export class FaultWorld {
  private constructor(
    readonly servers: readonly [Server, Server],
    readonly postgres: PostgresCluster,
    readonly databaseRoute: TcpProxy,
    readonly redis: RedisServer,
    readonly mail: MailSink,
    readonly sms: SmsProviderStandIn,
    readonly load: Load,
    private readonly random: Random,
    private readonly closers: (() => unknown)[],
  ) {}

  static async open(seed: number): Promise<FaultWorld> {
    const closers: (() => unknown)[] = [];
    const opened = <T>(thing: T, close: (thing: T) => unknown): T => {
      closers.unshift(() => close(thing));
      return thing;
    };
    try {
      const mail = opened(new MailSink(), (one) => one.stop());
      const sms = opened(new SmsProviderStandIn(), (one) => one.close());
      await Promise.all([mail.listen(), sms.listen()]);
      const redis = opened(await RedisServer.start(), (one) => one.stop());
      const postgres = opened(await PostgresCluster.start(), (one) => one.dispose());
      const route = opened(await TcpProxy.to(postgres.url), (one) => one.close());
      const stores = { DATABASE_URL: route.url, REDIS_URL: redis.url };
      const services = { SMTP_URL: mail.url, SMS_URL: sms.twilioUrl };
      const first = opened(await Server.start({ ...SETTINGS, ...stores, ...services }), (one) =>
        one.dispose(),
      );
      const second = opened(await first.startSibling(), (one) => one.dispose());
      const load = opened(startLoad([first.origin, second.origin], { seed }), (one) => one.stop());
      const random = new Random(seed);
      return new FaultWorld([first, second], postgres, route, redis, mail, sms, load, random, closers);
    } catch (error) {
      for (const close of closers) await close();
      throw error;
    }
  }

  anyServer(): Server {
    return this.random.pick(this.servers);
  }

  draw<T>(choices: readonly T[]): T {
    return this.random.pick(choices);
  }

  /** Resolves when a random number of requests has ended, or when all of them wait. */
  async passes(most = 60): Promise<void> {
    const { journal } = this.load;
    const enough = journal.ended + 1 + this.random.integer(most);
    let [seen, looks] = [journal.ended, 0];
    await until(() => {
      looks = journal.ended === seen ? looks + 1 : 0;
      seen = journal.ended;
      return seen >= enough || looks >= LOOKS_OF_A_STANDSTILL;
    });
  }

  /** Ends the load, waits for the messages, and looks for everything that was acknowledged. */
  async finish(): Promise<Report> {
    await this.load.stop();
    const { journal } = this.load;
    await until(async () => {
      // Spares the suite the wait before another try
      await this.postgres.query(
        `UPDATE messages SET next_try_at = now()
         WHERE status = 'queued' AND leased_until IS NULL AND next_try_at > now()`,
      );
      return (await this.postgres.query(`SELECT FROM messages WHERE status = 'queued' LIMIT 1`)).length === 0;
    });
    const figures = await journal.check(this.servers.map(({ origin }) => origin));
    const arrived = new Set([...this.mail.mails, ...this.sms.accepted].map(({ to }) => to));
    const missing = [...journal.due].filter((to) => !arrived.has(to));
    const deliveries = [
      ...this.mail.mails.map(({ id }) => id),
      ...this.sms.accepted.map(({ to, text }) => `${to} ${text}`),
    ];
    return { ...figures, missing, repeated: moreThanTwice(deliveries) };
  }

  async close(): Promise<void> {
    for (const close of this.closers) await close();
  }
}

function moreThanTwice(names: string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > 2).map(([name, count]) => `${name} (${count} times)`);
}
