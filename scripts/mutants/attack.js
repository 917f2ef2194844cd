import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const PACK = 'scripts/attack/main.js';
const READY_WITHIN_MS = 120_000;

/** Limits that only time lifts: the pack would wait for it. */
const SETTINGS = {
  REFRESH_GRACE_SECONDS: '0',
  SMS_INTERVAL_SECONDS: '0',
  EMAIL_INTERVAL_SECONDS: '0',
  REGISTRATIONS_PER_HOUR: '1000',
};

/** Whether one of these attacks gets through against a server of this build. Throws if none was tried. */
export async function getsThrough(tree, attacks) {
  if (!existsSync(PACK)) throw new Error(`There is no attack pack (${PACK})`);
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const dataDir = mkdtempSync(join(tree.root, '.data-'));
  const server = spawn(process.execPath, ['dist/main.js'], {
    cwd: tree.root,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: String(port),
      DATA_DIR: dataDir,
      ...SETTINGS,
    },
    stdio: 'ignore',
  });
  try {
    await untilReady(origin, server);
    const { status, stdout, stderr } = tree.node([
      PACK,
      '--target',
      origin,
      '--wait',
      '0',
      '--case',
      attacks.join(),
    ]);
    if (![0, 1].includes(status)) throw new Error(`The pack tried nothing (${status}):\n${stdout}${stderr}`);
    return { isCaught: status === 1, report: stdout };
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
