import { BREAKS } from './breaks/index.js';
import { getsThrough } from './attack.js';
import { writeReport } from './report.js';
import { Tree } from './tree.js';

/*
 * `npm run test:mutants -- [--only NAME,…] [--list] [--attack] [--no-baseline]`: breaks a copy of the working tree in
 * one place at a time, builds it, and runs the tests that must detect it. With `--attack` the attack pack must, for
 * the breaks that name attacks. First the tests, or attacks, run without a break: failures of that run prove nothing
 * (`--no-baseline` omits it, if the tests have just passed). Exits with 1 if a break survived.
 */
const argv = process.argv.slice(2);
const only = argv.includes('--only') ? (argv[argv.indexOf('--only') + 1] ?? '').split(',') : null;
const chosen = BREAKS.filter(
  ({ name }, index) => only === null || only.includes(name) || only.includes(String(index + 1)),
);
const say = (text) => process.stdout.write(`${text}\n`);

if (argv.includes('--list')) {
  for (const [index, { name, lost }] of BREAKS.entries())
    say(`${String(index + 1).padStart(2)} ${name}: ${lost}`);
} else {
  const tree = new Tree();
  try {
    const survived = argv.includes('--attack') ? await tryAttacks(tree) : tryTests(tree);
    say(survived.length === 0 ? `All ${chosen.length} were detected.` : `Survived: ${survived.join(', ')}`);
    if (survived.length > 0) process.exitCode = 1;
  } finally {
    tree.remove();
  }
}

/** The tests that fail without any break prove nothing, and are left out. */
function tryTests(tree) {
  const failing = argv.includes('--no-baseline') ? new Set() : baselineOf(tree);
  const results = new Map();
  for (const one of chosen) {
    const failures = failuresUnder(tree, one);
    const killers = failures.filter((failure) => !failing.has(keyOf(failure)));
    const isKilled = killers.length > 0;
    results.set(one.name, { killers, isKilled });
    writeReport(BREAKS, results);
    say(`${isKilled ? 'detected' : 'SURVIVED'} ${one.name}${isKilled ? `: ${killers[0].title}` : ''}`);
  }
  return chosen.filter(({ name }) => !results.get(name).isKilled).map(({ name }) => name);
}

function baselineOf(tree) {
  demandBuild(tree, 'The tree as it is');
  const files = [...new Set(chosen.flatMap(({ tests }) => tests))];
  const failing = new Set(tree.failuresOf(files, { timeout: 0 }).map(keyOf));
  for (const failure of failing) say(`fails without a break, too: ${failure}`);
  return failing;
}

function failuresUnder(tree, { name, edits, tests }) {
  const restore = tree.apply({ name, edits });
  try {
    demandBuild(tree, name);
    return tree.failuresOf(tests);
  } finally {
    restore();
  }
}

async function tryAttacks(tree) {
  const visible = chosen.filter(({ attacks }) => attacks.length > 0);
  demandBuild(tree, 'The tree as it is');
  const { isCaught: fails, report } = await getsThrough(
    tree,
    visible.flatMap(({ attacks }) => attacks),
  );
  if (fails) throw new Error(`The attack pack fails without any break:\n${report}`);
  const survived = [];
  for (const { name, edits, attacks } of visible) {
    const restore = tree.apply({ name, edits });
    try {
      demandBuild(tree, name);
      const { isCaught } = await getsThrough(tree, attacks);
      say(`${isCaught ? 'detected' : 'SURVIVED'} ${name}: ${attacks.join()}`);
      if (!isCaught) survived.push(name);
    } finally {
      restore();
    }
  }
  return survived;
}

function demandBuild(tree, what) {
  const failure = tree.build();
  if (failure !== null) throw new Error(`${what} does not build:\n${failure}`);
}

function keyOf({ file, title }) {
  return `${file} › ${title}`;
}
