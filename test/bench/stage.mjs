import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import pg from 'pg';
import { HAS_MANY_ADDRESSES } from './load.mjs';
import { installPeer } from './peer/install.mjs';
import { findPostmaster } from './postgres-cpu.mjs';
import { Server } from './server.mjs';

const DIST = resolve('dist');
const FLOORS = fileURLToPath(new URL('./floors/main.mjs', import.meta.url));
const POOL_SIZE = 10;
/** As `npm start` and the image bound it. */
const MEMORY = '--max-old-space-size=256 --max-semi-space-size=8';
/** Sign in by the same code every time. */
export const PHONES = Array.from({ length: 500 }, (_, index) => ({
  phone: `+9198${String(index).padStart(8, '0')}`,
  code: '123456',
}));
/** Budgets of SMS that a load of unknown numbers from one country would spend within seconds. */
const UNSPENT = [
  ...['SMS_BLOCK_PER_HOUR', 'SMS_ADDRESS_PER_HOUR', 'SMS_ADDRESS_PER_DAY'],
  ...['SMS_DAILY_BUDGET', 'SMS_COUNTRY_DAILY_BUDGET', 'SMS_HOLD_AFTER'],
];

/** The environment of a bench: a folder, a PostgreSQL, the built server and the floors. */
export class Stage {
  #undo = [];
  #folder;
  #url;
  #postgres = null;
  #secretKey = randomBytes(32).toString('base64');
  limits = HAS_MANY_ADDRESSES;

  /** @param {number} people in the floors' tables; the product's are registered later. 0: without floors */
  async open(people) {
    this.#folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
    this.#undo.push(() => rmSync(this.#folder, { recursive: true, force: true }));
    await this.#openDatabase();
    this.product = await this.#startProduct('product', { DATABASE_URL: this.#url });
    if (people === 0) return;
    const env = { DATABASE_URL: this.#url, DIST, PEOPLE: String(people), POOL_SIZE: String(POOL_SIZE) };
    const options = { name: 'floors', script: FLOORS, ready: '/ready', folder: this.#folder, env };
    this.floors = this.#keep(await Server.start(options));
  }

  /** Better Auth from the registry, on a database of its own of the same PostgreSQL. Returns its version. */
  async openPeer() {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-peer-'));
    this.#undo.push(() => rmSync(folder, { recursive: true, force: true }));
    const version = installPeer(folder);
    const owner = new URL(this.#url);
    if (this.#postgres) owner.username = 'postgres';
    this.peerDatabase = await this.#createDatabase(owner.href);
    const env = {
      DATABASE_URL: this.peerDatabase,
      POOL_SIZE: String(POOL_SIZE),
      SECRET_KEY: this.#secretKey,
    };
    const script = join(folder, 'server.mjs');
    this.peer = this.#keep(
      await Server.start({ name: 'peer', script, ready: '/ready', folder: this.#folder, env }),
    );
    return version;
  }

  /** Runs the work on a connection to the peer's database. */
  withPeerDatabase(work) {
    return withClient(this.peerDatabase, work);
  }

  /** Runs the work on a connection of the database's owner; of a superuser, where there is one. */
  async withDatabase(work) {
    const url = new URL(this.#url);
    if (this.#postgres) url.username = 'postgres';
    return withClient(url.href, work);
  }

  /** From spawn to a ready response, on a database that is already migrated and warm. */
  async measureStarts() {
    await Promise.all([this.product.stop(), this.floors.stop()]);
    const external = await this.#startProduct('external', { DATABASE_URL: this.#url });
    await external.stop();
    if (!this.#postgres) return { external: external.start, embedded: null };
    await this.#postgres.stop();
    this.#postgres = null;
    const embedded = await this.#startProduct('embedded', { NODE_ENV: 'development' });
    return { external: external.start, embedded: embedded.start };
  }

  /** Stops everything that was started, in reverse, and removes the folder, even if a step fails. */
  async close() {
    for (const undo of this.#undo.reverse()) {
      await Promise.resolve()
        .then(undo)
        .catch((error) => process.stderr.write(`${error}\n`));
    }
  }

  async #openDatabase() {
    const given = process.env.BENCH_DATABASE_URL;
    this.#url = given ? await this.#createDatabase(given) : await this.#startPostgres();
    this.postgres = await withClient(this.#url, describePostgres);
  }

  async #startPostgres() {
    const module = pathToFileURL(join(DIST, 'dev/embedded-postgres/embedded-postgres.js')).href;
    const { EmbeddedPostgres } = await import(module);
    this.#postgres = await EmbeddedPostgres.start(join(this.#folder, 'data'), () => undefined);
    this.#undo.push(() => this.#postgres?.stop());
    return this.#postgres.url;
  }

  async #createDatabase(given) {
    const name = `gatehouse_bench_${randomBytes(4).toString('hex')}`;
    await withClient(given, (client) => client.query(`CREATE DATABASE ${name}`));
    this.#undo.push(() => withClient(given, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`)));
    const url = new URL(given);
    url.pathname = `/${name}`;
    return url.href;
  }

  /** With its real stack: validation, limits, audit, and the log written to a file. */
  async #startProduct(name, database) {
    const env = {
      NODE_OPTIONS: MEMORY,
      NODE_ENV: this.limits ? 'production' : 'development',
      THROTTLE_ENABLED: String(this.limits),
      HOST: '127.0.0.1',
      PUBLIC_URL: 'https://id.example.com',
      APP_URL: 'https://app.example.com',
      SMTP_URL: 'none',
      DATA_DIR: join(this.#folder, 'data'),
      DATABASE_POOL_SIZE: String(POOL_SIZE),
      SECRET_KEY: this.#secretKey,
      REGISTRATIONS_PER_HOUR: '1000000',
      MAX_SESSIONS_PER_USER: '1000',
      SMS_COUNTRIES: 'IN',
      OTP_TEST_NUMBERS: PHONES.map(({ phone, code }) => `${phone}:${code}`).join(','),
      OTP_TEST_NUMBERS_IN_PRODUCTION: 'true',
      ...Object.fromEntries(UNSPENT.map((name) => [name, '1000000'])),
      LOG_LEVEL: 'info',
      ...database,
    };
    const script = join(DIST, 'main.js');
    return this.#keep(
      await Server.start({ name, script, ready: '/health/ready', folder: this.#folder, env }),
    );
  }

  #keep(server) {
    this.#undo.push(() => server.stop());
    return server;
  }
}

async function describePostgres(client) {
  const { rows } = await client.query(
    `SELECT pg_backend_pid() AS pid, current_setting('server_version') AS version,
            current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous`,
  );
  const [{ pid, ...settings }] = rows;
  return { ...settings, postmaster: findPostmaster(pid) };
}

async function withClient(connectionString, work) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
