import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

/*
 * The suites, or parts of suites, that are too long for `npm test`: docs/faults.md. Without --only, the journal with 100
 * faults. `rounds` is their number without --rounds; a suite without it is not repeated, so half an hour means that it
 * hangs.
 */
const SUITES = {
  journal: { path: 'test/faults/journal/journal', rounds: '100' },
  revocations: { path: 'test/faults/journal/revocations', rounds: '1000' },
  suspensions: { path: 'test/faults/journal/suspensions', rounds: '1000' },
  'rolling-restart': { path: 'test/faults/rolling-restart', rounds: '10' },
  failover: { path: 'test/faults/failover/failover' },
  patroni: { path: 'test/faults/failover/patroni' },
  rotation: { path: 'test/faults/journal/rotation', rounds: '2' },
  'key-rotation': { path: 'test/faults/key-rotation' },
  'attack-pack': { path: 'test/attacks/attack-pack' },
  'long-texts': { path: 'test/attacks/long-texts' },
  containers: { path: 'test/e2e/containers' },
  bench: { path: 'test/e2e/bench' },
  input: { path: 'test/attacks/input' },
  'other-tenant': { path: 'test/attacks/other-tenant' },
  stops: { path: 'test/faults/stops' },
  embedded: { path: 'test/faults/embedded-database' },
  workers: { path: 'test/faults/workers' },
  migrations: { path: 'test/faults/migrations' },
};
const DAY_MS = 86_400_000;
const HALF_AN_HOUR_MS = 1_800_000;
const USAGE = `npm run test:faults -- [--only all|${Object.keys(SUITES).join('|')}] [--seed N] [--rounds N | --minutes N] [--kinds a,b]`;

const options = {
  only: { type: 'string', default: 'journal' },
  seed: { type: 'string', default: String(randomInt(1_000_000_000)) },
  rounds: { type: 'string' },
  minutes: { type: 'string' },
  kinds: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
};

function read() {
  try {
    const { values } = parseArgs({ options });
    if (values.only !== 'all' && !(values.only in SUITES))
      throw new Error(`--only is none of all, ${Object.keys(SUITES).join(', ')}`);
    return values;
  } catch (error) {
    process.stderr.write(`${error.message}\n${USAGE}\n`);
    process.exit(2);
  }
}

const { only, seed, minutes, kinds, rounds, 'dry-run': isDry } = read();

/** Runs a suite, and returns its exit code. */
function run(name) {
  const { path, rounds: own } = SUITES[name];
  const times = rounds ?? own ?? '1';
  const choices = { only: name, kinds, ...(minutes === undefined ? { rounds: times } : { minutes }), seed };
  const said = Object.entries(choices).filter(([, value]) => value !== undefined);
  process.stdout.write(`${said.map(([option, value]) => `--${option} ${value}`).join(' ')}\n`);
  if (isDry) return 0;

  const env = { ...process.env, FAULTS_SEED: seed, FAULTS_ROUNDS: times };
  if (minutes !== undefined) env.FAULTS_MINUTES = minutes;
  if (kinds !== undefined) env.FAULTS_KINDS = kinds;
  const jest = [
    '--disable-warning=ExperimentalWarning',
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '--selectProjects=e2e',
    '--testPathPatterns',
    path,
    `--testTimeout=${own === undefined ? HALF_AN_HOUR_MS : DAY_MS}`,
    // What a test that timed out still waits for must not keep the program
    ...(own === undefined ? ['--forceExit'] : []),
  ];
  return spawnSync(process.execPath, jest, { stdio: 'inherit', env }).status ?? 1;
}

function runAll() {
  const rows = [];
  for (const name of Object.keys(SUITES)) {
    const start = performance.now();
    const code = run(name);
    rows.push({
      suite: name,
      result: code === 0 ? 'passed' : 'failed',
      seconds: Math.round((performance.now() - start) / 1000),
    });
  }
  if (!isDry) console.table(rows);
  return rows.some(({ result }) => result === 'failed') ? 1 : 0;
}

const build = () => spawnSync('npm', ['run', '--silent', 'build:changes'], { stdio: 'inherit' }).status ?? 1;
process.exitCode = (isDry ? 0 : build()) || (only === 'all' ? runAll() : run(only));
