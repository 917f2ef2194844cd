import { parseArgs } from 'node:util';
import { registerAccounts } from '../accounts.mjs';
import { postgresCpuBetween, readPostgresCpu } from '../postgres-cpu.mjs';
import { Stage } from '../stage.mjs';
import { fill, findTenant } from './fill.mjs';
import { growthPaths } from './paths.mjs';
import { describeConditions, describePath } from './report.mjs';

/*
 * The built server on a small and on a large database, side by side: what a list, a search and a session cost as the
 * number of people grows. Nothing is asserted.
 *
 *   --people=N    in the large database (1000000); sessions are three times, audit events twice as many
 *   --small=N     in the small one (1000)
 *   --members=N   of its largest tenant (100000); in the small database the same share
 *   --quick       short windows
 *   --only=TEXT   the paths whose title contains this
 */
const { values: options } = parseArgs({
  options: {
    people: { type: 'string', default: '1000000' },
    small: { type: 'string', default: '1000' },
    members: { type: 'string', default: '100000' },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});
const [people, small, members] = [options.people, options.small, options.members].map(Number);
const PLAN = options.quick
  ? { pairs: 3, windowMs: 200, warmMs: 100 }
  : { pairs: 5, windowMs: 800, warmMs: 800 };
/** The leader of the large tenant, and people with sessions. */
const ACCOUNTS = 17;

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => interruption.abort(new Error(`Stopped by ${signal}`)));
}

const stages = [new Stage(), new Stage()];
try {
  const sizes = [
    await open(stages[0], small, Math.ceil((small * members) / people)),
    await open(stages[1], people, members),
  ];
  print(describeConditions(stages[1], { ...PLAN, small, people, members }));
  for (const [index, { title }] of sizes[0].entries()) {
    if (title.includes(options.only))
      print(describePath(title, await compare(sizes.map((paths) => paths[index]))));
  }
} catch (error) {
  process.stderr.write(`${interruption.signal.aborted ? 'Stopped.' : error.stack}\n`);
  process.exitCode = 1;
} finally {
  for (const stage of stages) await stage.close();
}

async function open(stage, count, large) {
  await stage.open(0);
  const accounts = await registerAccounts(stage.product.port, ACCOUNTS);
  const began = performance.now();
  await stage.withDatabase(async (client) =>
    fill(client, { people: count, large, ...(await findTenant(client, accounts[0])) }),
  );
  process.stderr.write(`${count} people in ${((performance.now() - began) / 1000).toFixed(0)} s\n`);
  interruption.signal.throwIfAborted();
  return growthPaths(stage.product.port, accounts);
}

/** Window by window in turn, so that other work of the machine affects both alike. */
async function compare(paths) {
  for (const { run } of paths) await run(PLAN.warmMs);
  const windows = paths.map(() => []);
  for (let pair = 0; pair < PLAN.pairs; pair += 1) {
    for (const [index, { run }] of paths.entries()) {
      interruption.signal.throwIfAborted();
      const { postmaster } = stages[index].postgres;
      const before = readPostgresCpu(postmaster);
      const load = await run(PLAN.windowMs);
      windows[index].push({
        ...load,
        databaseMicros: postgresCpuBetween(before, readPostgresCpu(postmaster)),
      });
    }
  }
  return windows;
}

function print(text) {
  process.stdout.write(`${text}\n`);
}
