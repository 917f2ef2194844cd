import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

/*
 * The long part of the fault suite: docs/faults.md. Without --only, the journal with 100 faults.
 */
const FILES = {
  journal: 'test/faults/journal/journal',
  revocations: 'test/faults/journal/revocations',
  suspensions: 'test/faults/journal/suspensions',
  'rolling-restart': 'test/faults/rolling-restart',
  failover: 'test/faults/failover/failover',
  patroni: 'test/faults/failover/patroni',
  rotation: 'test/faults/journal/rotation',
};
const ROUNDS = {
  journal: '100',
  revocations: '1000',
  suspensions: '1000',
  'rolling-restart': '10',
  failover: '1',
  patroni: '1',
  rotation: '2',
};
/** Neither grows with --rounds or --minutes, so half an hour means that it hangs. */
const BOUNDED = ['failover', 'patroni'];
const timeout = (only) => (BOUNDED.includes(only) ? 1_800_000 : 86_400_000);
const USAGE = `npm run test:faults -- [--only ${Object.keys(FILES).join('|')}] [--seed N] [--rounds N | --minutes N] [--kinds a,b]`;

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
    if (!(values.only in FILES)) throw new Error(`--only is none of ${Object.keys(FILES).join(', ')}`);
    return values;
  } catch (error) {
    process.stderr.write(`${error.message}\n${USAGE}\n`);
    process.exit(2);
  }
}

const { only, seed, minutes, kinds, rounds = ROUNDS[only], 'dry-run': isDry } = read();
const env = { ...process.env, FAULTS_SEED: seed, FAULTS_ROUNDS: rounds };
if (minutes !== undefined) env.FAULTS_MINUTES = minutes;
if (kinds !== undefined) env.FAULTS_KINDS = kinds;
const run = (command, args) => spawnSync(command, args, { stdio: 'inherit', env }).status ?? 1;

const choices = { only, kinds, ...(minutes === undefined ? { rounds } : { minutes }), seed };
const said = Object.entries(choices).filter(([, value]) => value !== undefined);
process.stdout.write(`${said.map(([name, value]) => `--${name} ${value}`).join(' ')}\n`);
const jest = [
  '--disable-warning=ExperimentalWarning',
  '--experimental-vm-modules',
  'node_modules/jest/bin/jest.js',
];
const selected = [
  '--selectProjects=e2e',
  '--testPathPatterns',
  FILES[only],
  `--testTimeout=${timeout(only)}`,
];
// What a test that timed out still waits for must not keep the program
if (BOUNDED.includes(only)) selected.push('--forceExit');
if (!isDry)
  process.exitCode =
    run('npm', ['run', '--silent', 'build']) || run(process.execPath, [...jest, ...selected]);
