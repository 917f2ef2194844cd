import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectsTo } from './connects-to.js';
import { PATIENT_NGINX } from './patient-server.js';
import { until } from './until.js';

const DOCUMENT = 'docs/deployment.md';

/** nginx with the documented configuration, in front of these servers. */
export class Nginx {
  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    readonly origin: string,
  ) {}

  /** The server that answered is added to each response as `x-upstream`. */
  static async start(port: number, origins: [string, string]): Promise<Nginx> {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-nginx-'));
    for (const name of ['body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']) mkdirSync(join(folder, name));
    const file = join(folder, 'nginx.conf');
    writeFileSync(file, configuration(folder, port, origins));
    const started = spawn('nginx', ['-p', folder, '-c', file], { stdio: 'ignore' });
    const { GATEHOUSE_TEST_RUN_DIR: runDir = '' } = process.env;
    writeFileSync(join(runDir, 'pids', String(started.pid)), '');
    await until(() => connectsTo(port));
    return new Nginx(started, folder, `http://127.0.0.1:${port}`);
  }

  async stop(): Promise<void> {
    const gone = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await gone;
    rmSync(this.folder, { recursive: true });
  }
}

function configuration(folder: string, port: number, origins: [string, string]): string {
  const [, documented = ''] = /```nginx\n(.*?)```/s.exec(readFileSync(DOCUMENT, 'utf8')) ?? [];
  const [first, second] = origins.map((origin) => new URL(origin).host) as [string, string];
  const places: [string, string][] = [
    ['10.0.0.11:3000', first],
    ['10.0.0.12:3000', second],
    ['listen 80;', `listen 127.0.0.1:${port}; add_header X-Upstream $upstream_addr always;`],
  ];
  const placed = places.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`${DOCUMENT} has no ${from}`);
    return text.replace(from, to);
  }, documented);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, name.replace('client_', ''))};`,
  );
  // As root, its workers would be another user, who may not enter the folder
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  return `${user}
daemon off;
worker_processes 2;
pid ${join(folder, 'pid')};
error_log ${join(folder, 'error.log')};
events {}
http {
  access_log off;
  ${PATIENT_NGINX}
  ${temporary.join(' ')}
  ${placed}
}
`;
}
