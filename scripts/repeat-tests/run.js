import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REVERSED } from './options.js';
import { signalTree } from './process-tree.js';

const JEST = [
  '--disable-warning=ExperimentalWarning',
  '--experimental-vm-modules',
  'node_modules/jest/bin/jest.js',
];
const SEQUENCER = new URL('sequencer.js', import.meta.url).pathname;

/** Runs jest once. Returns the tests that did not pass, and the settings that reproduce the run. */
export async function runOnce({ seed, workers, patterns, freezeSeconds, folder }) {
  const name = join(folder, `seed-${seed}`);
  const [log, report] = [`${name}.log`, `${name}.json`];
  const args = [
    ...(seed === REVERSED ? [] : ['--randomize']),
    ...[`--seed=${seed}`, `--maxWorkers=${workers}`, `--testSequencer=${SEQUENCER}`],
    ...[
      '--json',
      `--outputFile=${report}`,
      ...patterns.flatMap((pattern) => ['--testPathPatterns', pattern]),
    ],
  ];
  const output = openSync(log, 'w');
  const jest = spawn(process.execPath, [...JEST, ...args], {
    env: {
      ...process.env,
      REPEAT_SEED: String(seed),
      ...(seed === REVERSED && { REVERSED_TESTS: 'true' }),
    },
    // In a session of its own: stopped processes get SIGHUP when the shell that started all of this ends
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const stop = () => {
    signalTree(jest.pid, 'SIGCONT');
    jest.kill('SIGTERM');
  };
  process.once('exit', stop);
  const endFreezing = freezeSeconds > 0 ? freezeAgainAndAgain(jest, seed, freezeSeconds) : () => undefined;
  const [code] = await once(jest, 'close');
  endFreezing();
  process.removeListener('exit', stop);
  return { code, log, ...read(report) };
}

/**
 * Lets the tests run for 4 to 12 seconds, stops all their processes for the given time, and so on; the same for each
 * seed.
 */
function freezeAgainAndAgain(jest, seed, seconds) {
  let draw = seed;
  const drawRun = () => 4 + ((draw = (draw * 48_271 + 11) % 2_147_483_647) % 9);
  let timer = setTimeout(freeze, drawRun() * 1000);
  function freeze() {
    signalTree(jest.pid, 'SIGSTOP');
    timer = setTimeout(thaw, seconds * 1000);
  }
  function thaw() {
    signalTree(jest.pid, 'SIGCONT');
    timer = setTimeout(freeze, drawRun() * 1000);
  }
  return () => clearTimeout(timer);
}

function read(report) {
  let results;
  try {
    results = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { total: 0, failures: ['jest wrote no report'] };
  }
  const failures = results.testResults.flatMap((file) => {
    const path = file.name.replace(`${process.cwd()}/`, '');
    const failed = file.assertionResults.filter(({ status }) => status === 'failed');
    if (file.status === 'failed' && failed.length === 0) return [`${path}: the file itself`];
    return failed.map(({ fullName }) => `${path}: ${fullName}`);
  });
  return { total: results.numPassedTests, failures };
}
