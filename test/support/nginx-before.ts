import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectsTo } from './connects-to.js';
import { PATIENT_NGINX } from './patient-server.js';
import { freePort } from './server.js';
import { until } from './until.js';

const DOCUMENT = 'docs/product-services.md';

/** nginx before a product, with the documented `auth_request`. */
export class NginxBefore {
  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    readonly origin: string,
  ) {}

  static async start(product: string, gatehouse: string): Promise<NginxBefore> {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-nginx-'));
    const port = await freePort();
    for (const name of ['body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']) mkdirSync(join(folder, name));
    const file = join(folder, 'nginx.conf');
    writeFileSync(file, configuration(folder, port, product, gatehouse));
    const started = spawn('nginx', ['-p', folder, '-c', file], { stdio: 'ignore' });
    const { GATEHOUSE_TEST_RUN_DIR: runDir = '' } = process.env;
    writeFileSync(join(runDir, 'pids', String(started.pid)), '');
    await until(() => connectsTo(port));
    return new NginxBefore(started, folder, `http://127.0.0.1:${port}`);
  }

  async stop(): Promise<void> {
    const gone = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await gone;
    rmSync(this.folder, { recursive: true });
  }
}

function configuration(folder: string, port: number, product: string, gatehouse: string): string {
  const [, documented = ''] = /```nginx\n(.*?)```/s.exec(readFileSync(DOCUMENT, 'utf8')) ?? [];
  const placed = documented.replace('http://product', product).replace('https://id.example.com', gatehouse);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, name.replace('client_', ''))};`,
  );
  // As root, its workers would be another user, who may not enter the folder
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  return `${user}
daemon off;
pid ${join(folder, 'pid')};
error_log ${join(folder, 'error.log')};
events {}
http {
  access_log off;
  ${PATIENT_NGINX}
  ${temporary.join(' ')}
  server {
    listen 127.0.0.1:${port};
    ${placed}
  }
}
`;
}
