import { execFile } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { CI_PROFILE } from '../../../src/boot/ephemeral.js';
import { freePort } from '../../support/server.js';

const bash = (script: string, options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) =>
  promisify(execFile)('bash', ['-e', '-o', 'pipefail', '-c', script], options);

const PAGE = readFileSync('docs/ci.md', 'utf8');
const [start = '', ...commands] = [...PAGE.matchAll(/^```sh\n(.*?)^```$/gms)].map(
  ([, script = '']) => script,
);

describe('docs/ci.md', () => {
  it('lists the whole profile', () => {
    const profile = Object.fromEntries(Object.entries(CI_PROFILE).filter(([name]) => name !== 'SECRET_KEY'));
    const rows = [...PAGE.matchAll(/^\| `([A-Z0-9_]+)` +\| `(\w+)` +\|$/gm)].map(([, name, value]) => [
      name,
      value,
    ]);
    expect(Object.fromEntries(rows)).toEqual(profile);
  });
});

interface Workflow {
  jobs: {
    e2e: {
      env: Record<string, string>;
      steps: { name?: string; uses?: string; run?: string; if?: string }[];
    };
  };
}

describe('the workflow of GitHub Actions', () => {
  const { jobs } = parse(readFileSync('examples/github-actions/e2e.yml', 'utf8')) as Workflow;
  const { steps, env } = jobs.e2e;

  it('has steps that each use an action of a fixed version, or run a script', () => {
    for (const { uses, run } of steps)
      expect(uses ?? run).toMatch(uses === undefined ? /\S/ : /^[\w-]+\/[\w-]+@v\d+$/);
  });

  it('starts the server as docs/ci.md does, whose commands work as they stand, and stops it', async () => {
    const runDir = process.env.GATEHOUSE_TEST_RUN_DIR ?? '';
    const cwd = mkdtempSync(join(runDir, 'workflow-'));
    const [, seed = ''] = /^npx gatehouse --ephemeral --seed (\S+)\n$/.exec(start) ?? [];
    copyFileSync(seed, join(cwd, 'demo.json'));
    mkdirSync(join(cwd, 'bin'));
    // What npm makes of `bin` in package.json
    const npx = `#!/bin/sh\n[ "$1" = gatehouse ] && shift && exec '${process.execPath}' '${resolve('dist/main.js')}' "$@"\n`;
    writeFileSync(join(cwd, 'bin', 'npx'), npx);
    chmodSync(join(cwd, 'bin', 'npx'), 0o755);
    // As npx gives it to a package that is installed there
    const port = String(await freePort());
    const own = { PORT: port, GATEHOUSE: String(env.GATEHOUSE).replace('3000', port) };
    let stopped = '';
    const scriptOf = (name: string) => steps.find((one) => one.name === name)?.run ?? 'false';
    const environment = {
      ...process.env,
      ...own,
      NODE_ENV: '',
      PATH: `${join(cwd, 'bin')}:${process.env.PATH}`,
    };
    await bash(scriptOf('Start Gatehouse'), { cwd, env: environment });
    try {
      expect(commands).toHaveLength(3);
      for (const command of commands)
        await bash(command.replaceAll('http://127.0.0.1:3000', own.GATEHOUSE), { cwd, env: environment });
      const faults = await bash(`curl -fsS ${own.GATEHOUSE}/dev/faults`);
      expect(JSON.parse(faults.stdout)).toEqual({
        pending: [{ contract: 'primary', operation: 'login', times: 1 }],
      });
    } finally {
      stopped = (await bash(scriptOf('Stop Gatehouse'), { cwd, env: environment })).stdout;
    }
    expect(stopped).toContain('Gatehouse is ready');
    rmSync(cwd, { recursive: true });
  });
});
