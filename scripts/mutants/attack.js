import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const PACK = 'scripts/attack/main.js';
const READY_WITHIN_MS = 120_000;

/** Whether the attack pack fails against this build, with nothing but the attacks named where some are. */
export async function isCaughtByAttacks(tree, attacks) {
  if (!existsSync(PACK)) throw new Error(`There is no attack pack (${PACK})`);
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const server = spawn(process.execPath, ['dist/main.js'], {
    cwd: tree.root,
    env: { PATH: process.env.PATH, PORT: String(port), DATA_DIR: join(tree.root, '.data') },
    stdio: 'ignore',
  });
  try {
    await untilReady(origin, server);
    const only = attacks.length > 0 ? ['--only', attacks.join()] : [];
    const { status } = tree.node([PACK, '--target', origin, ...only]);
    return status !== 0;
  } finally {
    const closed = once(server, 'close');
    if (server.exitCode === null && server.kill('SIGTERM')) await closed;
  }
}

async function untilReady(origin, server) {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    if (server.exitCode !== null || Date.now() > deadline)
      throw new Error('The broken server does not start');
    try {
      if ((await fetch(`${origin}/health/ready`)).ok) return;
    } catch {
      // Not yet
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
