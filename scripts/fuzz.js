import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';

/*
 * The long part of the fuzz tests: different requests each time, and many of them, for an hour at most for each contract
 * (FUZZ_MINUTES). Arguments are passed to jest.
 * FUZZ_SEED and FUZZ_PATH, as a failure prints them, replay it.
 */
const seed = process.env.FUZZ_SEED ?? String(randomInt(1_000_000_000));
const runs = process.env.FUZZ_RUNS ?? '300';
const minutes = process.env.FUZZ_MINUTES ?? (process.env.FUZZ_PATH ? '' : '60');
const run = (command, args, env = {}) =>
  spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } }).status ?? 1;

process.stdout.write(`FUZZ_SEED=${seed} FUZZ_RUNS=${runs} FUZZ_MINUTES=${minutes}\n`);
const jest = [
  '--disable-warning=ExperimentalWarning',
  '--experimental-vm-modules',
  'node_modules/jest/bin/jest.js',
];
const selected = ['--selectProjects=e2e', '--testPathPatterns', 'test/fuzz/', '--testTimeout=1800000'];
process.exitCode =
  run('npm', ['run', '--silent', 'build:changes']) ||
  run(process.execPath, [...jest, ...selected, ...process.argv.slice(2)], {
    FUZZ_SEED: seed,
    FUZZ_RUNS: runs,
    FUZZ_MINUTES: minutes,
  });
