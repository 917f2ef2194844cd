import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const JEST = [
  '--disable-warning=ExperimentalWarning',
  '--experimental-vm-modules',
  'node_modules/jest/bin/jest.js',
];
/** A test that waits for something that a break prevents must not delay the others. */
const TESTS_TIMEOUT_MS = 8 * 60_000;

/** A copy of the working tree that can be broken. */
export class Tree {
  constructor() {
    this.root = mkdtempSync(join(tmpdir(), 'gatehouse-mutants-'));
    const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
    for (const path of new Set(listed.toString().split('\0'))) {
      if (path === '' || !existsSync(path)) continue;
      mkdirSync(join(this.root, dirname(path)), { recursive: true });
      cpSync(path, join(this.root, path));
    }
    symlinkSync(resolve('node_modules'), join(this.root, 'node_modules'), 'dir');
  }

  /** Throws unless the text occurs exactly once. Returns a function that restores it. */
  apply({ name, edits }) {
    const kept = new Map();
    for (const { file, find, replace } of edits) {
      const path = join(this.root, file);
      const text = readFileSync(path, 'utf8');
      if (text.split(find).length !== 2) throw new Error(`${name}: its text is not in ${file} exactly once`);
      if (!kept.has(path)) kept.set(path, text);
      writeFileSync(
        path,
        text.replace(find, () => replace),
      );
    }
    return () => {
      for (const [path, text] of kept) writeFileSync(path, text);
    };
  }

  /** The output of a failed build; null if it succeeds. */
  build() {
    const build = ['run', '--silent', 'build'];
    const { status, stdout, stderr } = spawnSync('npm', build, { cwd: this.root, encoding: 'utf8' });
    return status === 0 ? null : `${stdout}${stderr}`;
  }

  /** Titles of the tests of these files that fail, each with its file. A file that does not run counts as one. */
  failuresOf(files, { timeout = TESTS_TIMEOUT_MS } = {}) {
    const report = join(this.root, '.mutants.json');
    rmSync(report, { force: true });
    const args = ['--runTestsByPath', ...files, '--maxWorkers=1', '--json', `--outputFile=${report}`];
    const { status, stderr, error } = this.node([...JEST, ...args], { timeout });
    if (error?.code === 'ETIMEDOUT') return [{ file: files[0], title: '(its tests do not end)' }];
    if (!existsSync(report))
      throw new Error(`No report of ${files.join()} (${status})\n${stderr.slice(-2000)}`);
    const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
    return testResults.flatMap(({ name, status: outcome, message, assertionResults }) => {
      const file = name.slice(this.root.length + 1);
      const failed = assertionResults.filter((one) => one.status === 'failed');
      if (failed.length === 0 && outcome === 'failed') return [{ file, title: firstLineOf(message) }];
      return failed.map(({ fullName }) => ({ file, title: fullName }));
    });
  }

  node(args, options = {}) {
    return spawnSync(process.execPath, args, {
      cwd: this.root,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      env: { ...process.env, FUZZ_RUNS: '', FUZZ_SEED: '', FUZZ_PATH: '' },
      ...options,
    });
  }

  remove() {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** The reason why a file failed although its tests passed: a check after them, or an import. */
function firstLineOf(message) {
  const lines = message
    .replace(/\u001b\[[0-9;]*m/g, '')
    .split('\n')
    .map((line) => line.trim());
  return `(beside its tests) ${lines.find((line) => line !== '' && !line.startsWith('●')) ?? ''}`;
}
