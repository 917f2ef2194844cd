import { createHistogram, performance } from 'node:perf_hooks';
import { Connection } from './connection.mjs';

/**
 * The requests of one connection, one after the other.
 * @typedef {object} Course
 * @property {() => string | null} next the request to send; null: there is no more
 * @property {(body: string) => void} [learn] takes what the next request needs from the response
 * @property {number} [perAddress] requests after which the course continues from another address
 *
 * @typedef {object} Load
 * @property {number} requests
 * @property {number} seconds
 * @property {number} p50 nanoseconds
 * @property {number} p99 nanoseconds
 */

/** On Linux every address of 127.0.0.0/8 is local, so that limits by address can stay on. */
export const HAS_MANY_ADDRESSES = process.platform === 'linux';

let lastAddress = 0;

/**
 * Runs all courses at once until the time is up. It waits for the requests in flight, so a chain of one-time tokens
 * never breaks, and ends before when every course has. Throws at the first response that is not a success.
 * @returns {Promise<Load>}
 */
export async function drive(port, courses, milliseconds) {
  const latencies = createHistogram();
  const walks = await Promise.all(
    courses.map(async (course) => ({ course, line: await dial(port, course) })),
  );
  const began = performance.now();
  try {
    await Promise.all(walks.map((walk) => follow(walk, port, began + milliseconds, latencies)));
  } finally {
    for (const { line } of walks) line.close();
  }
  const seconds = (performance.now() - began) / 1000;
  const [p50, p99] = [latencies.percentile(50), latencies.percentile(99)];
  return { requests: latencies.count, seconds, p50, p99 };
}

async function follow(walk, port, deadline, latencies) {
  const { course } = walk;
  for (let sent = 1; performance.now() < deadline; sent += 1) {
    if (sent % course.perAddress === 0) {
      walk.line.close();
      walk.line = await dial(port, course);
    }
    const text = course.next();
    if (text === null) return;
    const began = performance.now();
    const body = await walk.line.send(text);
    latencies.record(Math.max(1, Math.round((performance.now() - began) * 1e6)));
    course.learn?.(body);
  }
}

function dial(port, { perAddress }) {
  return Connection.open({
    port,
    localAddress: perAddress && HAS_MANY_ADDRESSES ? nextAddress() : undefined,
  });
}

/** From 127.1.0.1 on, or another first network; an address repeats after four million. */
export function nextAddress(network = 1) {
  lastAddress = (lastAddress + 1) % (64 * 256 * 254);
  const block = Math.floor(lastAddress / 254);
  return `127.${network + (block >> 8)}.${block & 255}.${1 + (lastAddress % 254)}`;
}
