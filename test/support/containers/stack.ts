import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RedisServer } from '../redis-server.js';
import { type Exit, freePort } from '../server.js';
import { until } from '../until.js';
import { readCompose } from './compose.js';
import { Container, type ContainerOptions } from './container.js';
import { buildImage, type Image } from './image.js';
import { MailCatcher } from './mail-catcher.js';
import { SeparatePostgres } from './separate-postgres.js';

/** Longer limits than the defaults of production: the machine may stand still. */
const PATIENCE = {
  DATABASE_TIMEOUT_SECONDS: '60',
  DATABASE_LOCK_SECONDS: '30',
  DATABASE_CONNECT_SECONDS: '30',
  DATABASE_IDLE_SECONDS: '60',
  REQUEST_TIMEOUT_SECONDS: '120',
  REDIS_TIMEOUT_MS: '1000',
  SHUTDOWN_DELAY_SECONDS: '1',
  SHUTDOWN_SECONDS: '60',
};

/** Where compose.yaml publishes the proxy. */
const PROXY = '127.0.0.1:8080';

const INSTANCES = ['gatehouse-1', 'gatehouse-2'];

/** nginx's own main file does the same, with paths that only its image has. */
const NGINX = `
pid /tmp/nginx.pid;
events {}
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path /tmp/${name};`).join(' ')}
  include /nginx/default.conf;
}
`;

/** The services of compose.yaml, with the addresses of this machine in place of theirs and PATIENCE. */
export class Stack {
  readonly mail = new MailCatcher();
  readonly instances = new Map<string, Container>();
  readonly image: Image;
  private readonly folder = mkdtempSync(join(process.env.GATEHOUSE_TEST_RUN_DIR ?? '', 'stack-'));
  private readonly services;
  private commands = 0;
  private readonly addresses = new Map<string, string>();
  private database?: SeparatePostgres;
  private redis?: RedisServer;
  private proxy?: Container;

  constructor() {
    this.image = buildImage(join(this.folder, 'image'));
    this.services = readCompose({
      DATABASE_PASSWORD: randomBytes(24).toString('hex'),
      SECRET_KEY: randomBytes(32).toString('base64'),
    }).services;
  }

  /** Of the proxy. */
  get origin(): string {
    return `http://${this.addresses.get(PROXY)}`;
  }

  async start(): Promise<void> {
    const { GATEHOUSE_PASSWORD = '' } = this.services.postgres?.environment ?? {};
    [this.database, this.redis] = await Promise.all([SeparatePostgres.start(), RedisServer.start()]);
    await this.database.run('docs/containers/create-database.sql', { GATEHOUSE_PASSWORD });
    this.addresses.set('postgres:5432', this.database.address);
    this.addresses.set('valkey:6379', new URL(this.redis.url).host);
    this.addresses.set('mail:1025', await this.mail.listen());
    this.addresses.set('172.30.21.0/24', '127.0.0.1');
    this.addresses.set(PROXY, `127.0.0.1:${await freePort()}`);
    for (const name of INSTANCES) {
      this.addresses.set(`${name}:3000`, `127.0.0.1:${await freePort()}`);
      await this.startInstance(name);
    }
    await this.startProxy();
    if (this.proxy) await untilReady(this.proxy, this.origin);
  }

  /** Runs a command in the image as `docker compose run` does, with the environment of the first instance. */
  async run(command: string[], own: Record<string, string> = {}): Promise<Exit> {
    this.commands += 1;
    const options = this.optionsOf('gatehouse-1', `command-${this.commands}`);
    const container = await Container.start(command, {
      ...options,
      environment: { ...options.environment, ...own },
    });
    return container.ended();
  }

  /** Resolves when it is ready: before Node runs any of our code, process 1 ignores SIGTERM. */
  async startInstance(name: string): Promise<void> {
    const container = await Container.start(this.image.command, this.optionsOf(name, name));
    this.instances.set(name, container);
    await untilReady(container, `http://${this.addresses.get(`${name}:3000`)}`);
  }

  async stop(): Promise<void> {
    for (const container of [this.proxy, ...this.instances.values()]) await container?.stop();
    await this.mail.close();
    await this.redis?.stop();
    await this.database?.stop();
    rmSync(this.folder, { recursive: true });
  }

  private async startProxy(): Promise<void> {
    const site = this.localize(readFileSync('docs/containers/nginx.conf', 'utf8'));
    const folder = join(this.folder, 'nginx');
    mkdirSync(folder);
    writeFileSync(join(folder, 'nginx.conf'), NGINX);
    writeFileSync(
      join(folder, 'default.conf'),
      site.replace('listen 8080', `listen ${this.addresses.get(PROXY)}`),
    );
    const command = ['nginx', '-e', 'stderr', '-c', '/nginx/nginx.conf', '-g', 'daemon off;'];
    const options = this.optionsOf('gatehouse-1', 'proxy');
    this.proxy = await Container.start(command, { ...options, workdir: '/', mounts: { '/nginx': folder } });
  }

  private optionsOf(service: string, log: string): ContainerOptions {
    const { environment = {}, tmpfs = [] } = this.services[service] ?? {};
    const own = Object.entries(environment).map(([name, value]) => [name, this.localize(value)]);
    const [, port = ''] = this.addresses.get(`${service}:3000`)?.split(':') ?? [];
    return {
      mounts: { [this.image.workdir]: join(this.image.root, this.image.workdir) },
      workdir: this.image.workdir,
      environment: { ...this.image.environment, ...Object.fromEntries(own), ...PATIENCE, PORT: port },
      user: this.image.user ?? 'root',
      tmpfs,
      logFile: join(this.folder, `${log}.log`),
    };
  }

  private localize(text: string): string {
    let local = text;
    for (const [address, here] of this.addresses) local = local.replaceAll(address, here);
    return local;
  }
}

async function untilReady(container: Container, origin: string): Promise<void> {
  await until(async () => {
    if (container.hasEnded) throw new Error(`A container ended:\n${container.log}`);
    const reply = await fetch(`${origin}/health/ready`).catch(() => null);
    return reply?.status === 200;
  });
}
