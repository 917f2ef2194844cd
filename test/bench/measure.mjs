import { postgresCpuBetween, readPostgresCpu } from './postgres-cpu.mjs';

/**
 * Figures of one subject over its windows; each is the median.
 * @typedef {{ perSecond: number, serverMicros: number, postgresMicros: number | null, statements: number,
 *   p50: number, p99: number }} Figures CPU and statements are for one request, latencies are milliseconds
 */

/**
 * Runs the product and its floors in turn, window by window, so that other work of the machine affects all alike.
 * @param {import('./paths.mjs').Path} path
 * @param {{ pairs: number, windowMs: number, warmMs: number, postmaster: number | null, signal: AbortSignal }} plan
 */
export async function measurePath(path, plan) {
  const subjects = [...path.floors, path.product];
  for (const subject of subjects) await warmUp(subject, path.warmRequests, plan);
  const windows = new Map(subjects.map((subject) => [subject, []]));
  for (let pair = 0; pair < plan.pairs; pair += 1) {
    for (const subject of subjects) {
      plan.signal.throwIfAborted();
      windows.get(subject).push(await measureWindow(subject, plan));
    }
  }
  const product = windows.get(path.product);
  return {
    path,
    product: summarise(product),
    floors: path.floors.map((floor) => {
      const own = windows.get(floor);
      const ratios = product.map((window, pair) => window.perSecond / own[pair].perSecond);
      return { floor, figures: summarise(own), ratio: { median: median(ratios), range: rangeOf(ratios) } };
    }),
  };
}

/** Until V8 has compiled the hot code; how long that takes depends on the load of the machine. */
async function warmUp({ prepare, run }, wanted, { warmMs, signal }) {
  const deadline = Date.now() + warmMs;
  for (let sent = 0; sent < wanted && Date.now() < deadline;) {
    signal.throwIfAborted();
    await prepare?.();
    sent += (await run(Math.min(250, warmMs))).requests;
  }
}

async function measureWindow({ server, prepare, run }, { windowMs, postmaster }) {
  await prepare?.();
  const [before, postgresBefore] = [await server.usage(), readPostgresCpu(postmaster)];
  const { requests, seconds, p50, p99 } = await run(windowMs);
  const [after, postgresAfter] = [await server.usage(), readPostgresCpu(postmaster)];
  return {
    perSecond: requests / seconds,
    serverMicros: (after.cpuMicros - before.cpuMicros) / requests,
    postgresMicros: perRequest(postgresCpuBetween(postgresBefore, postgresAfter), requests),
    statements: (after.statements - before.statements) / requests,
    p50: p50 / 1e6,
    p99: p99 / 1e6,
  };
}

function perRequest(total, requests) {
  return total === null ? null : total / requests;
}

/** @returns {Figures} */
function summarise(windows) {
  return Object.fromEntries(
    Object.keys(windows[0]).map((name) => [name, median(windows.map((window) => window[name]))]),
  );
}

/** Null where a figure is not available. */
function median(values) {
  if (values.includes(null)) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function rangeOf(values) {
  return [Math.min(...values), Math.max(...values)];
}
