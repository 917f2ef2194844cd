import { createHistogram, performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

const IN_FLIGHT = 2;
const PASSWORD = Buffer.from('correct horse battery staple');
/** The product's defaults. */
const COST = { memoryKib: 19_456, timeCost: 2 };

/** Verifies one password over and over, two at a time, with the product's own engine, for the given time. */
export async function answerVerifyLoop(dist) {
  const engineFile = pathToFileURL(join(dist, 'modules/passwords/argon2-engine.js')).href;
  const { loadArgon2Engine } = await import(engineFile);
  const engine = await loadArgon2Engine();
  const hash = await engine.hash(PASSWORD, COST);

  process.on('message', async ({ id, ask, milliseconds }) => {
    if (ask !== 'verify') return;
    const latencies = createHistogram();
    const began = performance.now();
    const deadline = began + milliseconds;
    await Promise.all(
      Array.from({ length: IN_FLIGHT }, () => verifyUntil(deadline, engine, hash, latencies)),
    );
    const seconds = (performance.now() - began) / 1000;
    const [p50, p99] = [latencies.percentile(50), latencies.percentile(99)];
    process.send({ id, answer: { requests: latencies.count, seconds, p50, p99 } });
  });
}

async function verifyUntil(deadline, engine, hash, latencies) {
  while (performance.now() < deadline) {
    const began = performance.now();
    await engine.verify(hash, PASSWORD);
    latencies.record(Math.round((performance.now() - began) * 1e6));
  }
}
