import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** The script that npm runs at an install if nothing prevents it: npm 10 does not know `allowScripts`. */
const SCRIPT = resolve('node_modules/@scarf/scarf/report.js');

describe('the analytics of Swagger UI', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-install-'));
  let reports = 0;
  const receiver = createServer((_, response) => {
    reports += 1;
    response.end();
  });

  beforeAll(() => once(receiver.listen(0, '127.0.0.1'), 'listening'));

  afterAll(() => {
    receiver.close();
    rmSync(folder, { recursive: true });
  });

  /** The number of reports for an install in a folder that the script treats as this one. */
  const reportsOf = async (root: string): Promise<number> => {
    const before = reports;
    const { port } = receiver.address() as AddressInfo;
    const env = { PATH: process.env.PATH, INIT_CWD: root, SCARF_LOCAL_PORT: String(port), TMPDIR: folder };
    await promisify(execFile)(process.execPath, [SCRIPT], { env });
    return reports - before;
  };

  it('would report an install', async () => {
    const root = { name: 'x', version: '1.0.0', scarfSettings: { skipTraversal: true } };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(root));
    expect(await reportsOf(folder)).toBe(1);
  });

  it('are disabled, whatever the version of npm', async () => {
    const { allowScripts } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, unknown>;
    expect(allowScripts).toMatchObject({ '@scarf/scarf': false });
    expect(await reportsOf(resolve('.'))).toBe(0);
  });
});
