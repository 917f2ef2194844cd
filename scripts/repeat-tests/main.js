/**
 * `npm run test:repeat -- RUNS`: verifies that the tests pass whatever their order, the number of workers and the
 * load of the machine, or names those that do not.
 */
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptions, USAGE } from './options.js';
import { runOnce } from './run.js';

/** As on a laptop, a CI machine and a large machine. */
const WORKERS = [3, 2, 4, 1];

const options = parseOrExit();
const folder = options.logFolder ?? mkdtempSync(join(tmpdir(), 'gatehouse-repeat-'));
mkdirSync(folder, { recursive: true });
const busy = Array.from({ length: options.load }, () => fork(new URL('busy.js', import.meta.url)));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

const notGreen = new Map();
let green = 0;
for (const [run, seed] of options.seeds.entries()) {
  const workers = WORKERS[run % WORKERS.length];
  const started = Date.now();
  const { code, total, failures, log } = await runOnce({ ...options, seed, workers, folder });
  const isGreen = code === 0 && failures.length === 0;
  green += isGreen ? 1 : 0;
  const details = [
    ...[`seed ${seed}`, `${workers} workers`, `load ${options.load}`],
    ...(options.freezeSeconds > 0 ? [`frozen for ${options.freezeSeconds} s at a time`] : []),
    ...[`${total} tests passed`, `${Math.round((Date.now() - started) / 1000)} s`],
  ];
  console.log(
    `Run ${run + 1} of ${options.seeds.length}: ${isGreen ? 'green' : 'NOT GREEN'} (${details.join(', ')})`,
  );
  for (const failure of isGreen ? [] : failures) {
    console.log(`  ${failure}`);
    notGreen.set(failure, [...(notGreen.get(failure) ?? []), seed]);
  }
  if (isGreen && !options.logFolder) rmSync(log);
  else if (!isGreen) console.log(`  Its output: ${log}`);
}
for (const process of busy) process.disconnect();
if (green === options.seeds.length && !options.logFolder) rmSync(folder, { recursive: true });

console.log(`\n${green} of ${options.seeds.length} runs green.`);
for (const [failure, seeds] of notGreen) {
  console.log(`  not green in ${seeds.length}: ${failure} (seeds ${seeds.join(', ')})`);
}
process.exitCode = green === options.seeds.length ? 0 : 1;

function parseOrExit() {
  try {
    const read = readOptions(process.argv.slice(2));
    if (!read.help) return read;
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}
