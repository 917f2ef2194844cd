import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

/** The seed that draws nothing: the tests of each file run in reversed order. */
export const REVERSED = 0;

export const USAGE = `Usage: npm run test:repeat -- RUNS [PATTERN …] [--load N] [--freeze SECONDS] [--seed N] [--log FOLDER]

Runs the suite, or the test files whose paths match a PATTERN, RUNS times: each time with another seed for the order
of the files and of the tests in them, and with another number of workers. The first of several runs takes the tests
of each file in reversed order. Reports every test that was not green every time, and exits with 1 if there is one.

  --load N          keeps N processes busy meanwhile, on top of the tests
  --freeze SECONDS  stops all of the tests' processes (SIGSTOP) for so long, again and again, after 4 to 12 seconds of
                    running each time: a run then takes so many times as long
  --seed N          the seed of the first run; the others follow from it (0 is the reversed order; default: 0 for the
                    first of several, the others are drawn, and printed)
  --log FOLDER      keeps what each run printed in FOLDER (default: only of runs that were not green, in a new folder)`;

/** Throws where the arguments are invalid. */
export function readOptions(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      load: { type: 'string', default: '0' },
      freeze: { type: 'string', default: '0' },
      seed: { type: 'string' },
      log: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const [runs = '1', ...patterns] = positionals;
  const count = wholeNumber('RUNS', runs, 1);
  return {
    help: values.help,
    seeds: seedsOf(count, values.seed),
    patterns,
    load: wholeNumber('--load', values.load),
    freezeSeconds: wholeNumber('--freeze', values.freeze),
    logFolder: values.log,
  };
}

function seedsOf(count, first) {
  if (first !== undefined) return Array.from({ length: count }, (_, n) => wholeNumber('--seed', first) + n);
  const drawn = randomInt(1, 1_000_000);
  return Array.from({ length: count }, (_, n) => (n === 0 && count > 1 ? REVERSED : drawn + n));
}

function wholeNumber(name, text, least = 0) {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
    throw new Error(`${name} must be a whole number of at least ${least}, not ${text}`);
  }
  return value;
}
