import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connectsTo } from './connects-to.js';
import { POSTGRES_PROGRAMS } from './debian-postgres.js';
import { PatroniNode, SUPERUSER } from './patroni-node.js';
import { freePort } from './server.js';
import { until } from './until.js';

const DOCUMENT = 'docs/scaling.md';
const HOST = '127.0.0.1';

/** Two nodes of Patroni, one etcd, and HAProxy that leads to the primary, with the documented configuration. */
export class PatroniCluster {
  private readonly helpers: ChildProcess[] = [];

  private constructor(
    private readonly folder: string,
    readonly nodes: readonly [PatroniNode, PatroniNode],
    /** Of an empty database at the primary, by way of HAProxy. */
    readonly url: string,
  ) {}

  static async start(): Promise<PatroniCluster> {
    const { GATEHOUSE_TEST_RUN_DIR: runDir = '' } = process.env;
    // Beneath the run's folder the reaper finds a PostgreSQL that is left; the user of PostgreSQL must reach it
    chmodSync(runDir, 0o711);
    const folder = mkdtempSync(join(runDir, 'patroni-'));
    chmodSync(folder, 0o711);
    const node = async (name: string) => new PatroniNode(name, folder, await freePort(), await freePort());
    const nodes = [await node('a'), await node('b')] as const;
    const port = await freePort();
    const url = `postgres://gatehouse:${SUPERUSER.password}@${HOST}:${port}/gatehouse`;
    const cluster = new PatroniCluster(folder, [...nodes], url);
    try {
      await cluster.run(port);
    } catch (error) {
      await cluster.dispose();
      throw error;
    }
    return cluster;
  }

  /** The node that has been promoted and answers. Waits until there is one. */
  async primary(): Promise<PatroniNode> {
    let found: PatroniNode | undefined;
    await until(async () => {
      for (const node of this.nodes) if (await node.isPrimary()) found = node;
      return found !== undefined;
    });
    return found as PatroniNode;
  }

  other(node: PatroniNode): PatroniNode {
    const [first, second] = this.nodes;
    return node === first ? second : first;
  }

  /** Waits until every change at the primary waits for the other node, and Patroni would promote that one. */
  async untilSynchronous(): Promise<void> {
    const primary = await this.primary();
    const standby = this.other(primary);
    await until(async () => (await standby.isSynchronous()) && (await primary.waitsFor(standby.name)));
  }

  /** Plans it, as an operator does; resolves when it is done. */
  async switchover(): Promise<void> {
    const from = await this.primary();
    const options = ['--leader', from.name, '--candidate', this.other(from).name, '--force'];
    await promisify(execFile)('patronictl', [
      '-c',
      from.configuration,
      'switchover',
      'gatehouse',
      ...options,
    ]);
  }

  async dispose(): Promise<void> {
    for (const helper of this.helpers) {
      const gone = once(helper, 'exit');
      helper.kill('SIGKILL');
      await gone;
    }
    await Promise.all(this.nodes.map((node) => node.kill()));
    rmSync(this.folder, { recursive: true });
  }

  private async run(port: number): Promise<void> {
    const [first, second] = this.nodes;
    const etcd = await this.startEtcd();
    for (const node of this.nodes) node.configure(patroni(node, etcd));
    first.run();
    await until(() => first.isPrimary());
    second.run();
    await this.untilSynchronous();
    await first.query(`CREATE ROLE gatehouse LOGIN CREATEROLE PASSWORD '${SUPERUSER.password}'`);
    await first.query('CREATE DATABASE gatehouse OWNER gatehouse');
    const file = join(this.folder, 'haproxy.cfg');
    writeFileSync(file, haproxy(port, this.nodes));
    this.spawn('haproxy', ['-db', '-f', file]);
    await until(() => connectsTo(port));
  }

  /** Returns its address. */
  private async startEtcd(): Promise<string> {
    const [port, peerPort] = [await freePort(), await freePort()];
    const [client, peer] = [`http://${HOST}:${port}`, `http://${HOST}:${peerPort}`];
    const options = {
      'data-dir': join(this.folder, 'etcd'),
      'listen-client-urls': client,
      'advertise-client-urls': client,
      'listen-peer-urls': peer,
      'initial-advertise-peer-urls': peer,
      'initial-cluster': `default=${peer}`,
    };
    mkdirSync(options['data-dir'], { mode: 0o700 });
    this.spawn(
      'etcd',
      Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
    );
    await until(() => connectsTo(port));
    return `${HOST}:${port}`;
  }

  private spawn(program: string, options: string[]): void {
    const helper = spawn(program, options, { stdio: 'ignore' });
    const { GATEHOUSE_TEST_RUN_DIR: runDir = '' } = process.env;
    writeFileSync(join(runDir, 'pids', String(helper.pid)), '');
    this.helpers.push(helper);
  }
}

function patroni(node: PatroniNode, etcd: string): string {
  return documented('yaml', [
    ['name: a', `name: ${node.name}`],
    ['10.0.0.11:2379, 10.0.0.12:2379, 10.0.0.13:2379', etcd],
    ['10.0.0.21:8008', `${HOST}:${node.restPort}`],
    ['10.0.0.21:5432', `${HOST}:${node.port}`],
    ['/var/lib/postgresql/15/gatehouse', node.data],
    ['/usr/lib/postgresql/15/bin', POSTGRES_PROGRAMS ?? ''],
    ['10.0.0.0/24', `${HOST}/32`],
    // The directory of Debian's sockets belongs to Debian's clusters
    ['  pg_hba:', `  parameters: { unix_socket_directories: '' }\n  pg_hba:`],
    ['mode: required', 'mode: off'],
  ]);
}

function haproxy(port: number, [first, second]: readonly [PatroniNode, PatroniNode]): string {
  return documented('haproxy', [
    ['bind 127.0.0.1:5000', `bind ${HOST}:${port}`],
    ['10.0.0.21:5432 check port 8008', `${HOST}:${first.port} check port ${first.restPort}`],
    ['10.0.0.22:5432 check port 8008', `${HOST}:${second.port} check port ${second.restPort}`],
  ]);
}

/** What an operator copies, with the places of this machine. */
function documented(language: string, places: [string, string][]): string {
  const block = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's');
  const [, text = ''] = block.exec(readFileSync(DOCUMENT, 'utf8')) ?? [];
  return places.reduce((placed, [from, to]) => {
    if (!placed.includes(from)) throw new Error(`${DOCUMENT} has no ${from}`);
    return placed.replaceAll(from, to);
  }, text);
}
