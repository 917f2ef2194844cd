import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { registerAccounts } from '../accounts.mjs';
import { repeat } from '../courses.mjs';
import { request } from '../connection.mjs';
import { drive } from '../load.mjs';
import { Stage } from '../stage.mjs';

/*
 * How long GET /auth/me takes while sign-ins come in without a pause, and without them, in turn. Nothing is asserted.
 *
 *   --connections=64,256   of the sign-ins
 *   --quick                short windows
 */
const { values: options } = parseArgs({
  options: { connections: { type: 'string', default: '64,256' }, quick: { type: 'boolean', default: false } },
});
const PLAN = options.quick
  ? { rounds: 3, windowMs: 500, warmMs: 300 }
  : { rounds: 7, windowMs: 2_000, warmMs: 3_000 };
const FLOOD = fileURLToPath(new URL('./flood.mjs', import.meta.url));
/** Few, so that they do not wait for each other. */
const CHEAP_CONNECTIONS = 4;
const ACCOUNTS = 64;

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => interruption.abort(new Error(`Stopped by ${signal}`)));
}

const stage = new Stage();
try {
  await storm();
} catch (error) {
  process.stderr.write(`${interruption.signal.aborted ? 'Stopped.' : error.stack}\n`);
  process.exitCode = 1;
} finally {
  await stage.close();
}

async function storm() {
  await stage.open(0);
  const { port } = stage.product;
  const accounts = await registerAccounts(port, ACCOUNTS);
  const cheap = repeat(
    accounts,
    ({ accessToken: token }) => request('GET', '/auth/me', { token }),
    CHEAP_CONNECTIONS,
  );
  await drive(port, cheap, PLAN.warmMs);
  print(
    `node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}, GET /auth/me over ${CHEAP_CONNECTIONS} connections`,
  );
  print(
    'connections   quiet p99 ms   storm p99 ms   ratio (range)          sign-ins/s   refused/s   after ms',
  );
  for (const connections of options.connections.split(',').map(Number)) {
    print(describe(connections, await compare({ port, connections, accounts }, cheap)));
  }
}

async function compare(order, cheap) {
  const rounds = [];
  for (let round = 0; round < PLAN.rounds; round += 1) {
    interruption.signal.throwIfAborted();
    const quiet = await drive(order.port, cheap, PLAN.windowMs);
    rounds.push({ quiet, ...(await inStorm(order, cheap)) });
  }
  return rounds;
}

/** The first half of a window passes before anything is measured. */
async function inStorm(order, cheap) {
  const flood = fork(FLOOD, [JSON.stringify(order)]);
  try {
    await drive(order.port, cheap, PLAN.windowMs / 2);
    const before = await ask(flood);
    const load = await drive(order.port, cheap, PLAN.windowMs);
    return { storm: load, before, after: await ask(flood) };
  } finally {
    const gone = once(flood, 'exit');
    flood.kill('SIGKILL');
    await gone;
  }
}

async function ask(flood) {
  const answer = once(flood, 'message', { signal: interruption.signal });
  flood.send('counts');
  return (await answer)[0];
}

function describe(connections, rounds) {
  const ratios = rounds.map(({ quiet, storm: load }) => load.p99 / quiet.p99);
  const perSecond = (name) =>
    median(rounds.map(({ storm: load, before, after }) => (after[name] - before[name]) / load.seconds));
  const refused = rounds.map(({ before, after }) => after.refused - before.refused);
  const refusedMs = rounds.map(({ before, after }) => after.refusedMs - before.refusedMs);
  const ms = (load) => (load.p99 / 1e6).toFixed(1);
  const range = `${Math.min(...ratios).toFixed(1)}–${Math.max(...ratios).toFixed(1)}`;
  return [
    String(connections).padEnd(14),
    median(rounds.map(({ quiet }) => ms(quiet)))
      .toString()
      .padEnd(15),
    median(rounds.map(({ storm: load }) => ms(load)))
      .toString()
      .padEnd(15),
    `${median(ratios).toFixed(1)} (${range})`.padEnd(23),
    perSecond('signedIn').toFixed(0).padEnd(13),
    perSecond('refused').toFixed(0).padEnd(12),
    sum(refused) === 0 ? '–' : (sum(refusedMs) / sum(refused)).toFixed(1),
  ].join('');
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

function median(values) {
  return values.map(Number).toSorted((a, b) => a - b)[values.length >> 1];
}

function print(text) {
  process.stdout.write(`${text}\n`);
}
