#!/usr/bin/env node
import './boot/environment-file.js';
import 'reflect-metadata';
import { loadForCommand } from './boot/load-environment.js';
import type { OperatorTools } from './boot/operator-tools.js';
import { EX_USAGE, runCommand } from './boot/run-command.js';
import { readTime } from './config/validators.js';
import type { Ended } from './modules/bulk-revocation/bulk-revocation.service.js';

const HELP = `Usage: npm run revoke -- --before <time> [--passwords]

Ends every session, token, one-time code, backup code, link, invitation, API key and trusted device that was issued
before the time, of everybody, and replaces the signing keys: after a restore of the database, or after it has leaked.

  --before <time>  2026-11-26T22:00:00Z, or now
  --passwords      removes passwords set before the time, too: people set new ones by a link to their address

Works on DATABASE_URL, with the SECRET_KEY of the servers, which may run. After an interruption, run it again.
Exit codes: 0 success, 1 failed, ${EX_USAGE} wrong arguments, 78 wrong configuration.
docs/backup.md describes the drill.
`;

interface Order {
  before: Date | 'now';
  passwords: boolean;
}

/** Returns null if the arguments are invalid. */
function parse(args: string[]): Order | null {
  const rest = args.filter((arg) => arg !== '--passwords');
  if (rest[0] !== '--before' || rest.length !== 2 || args.length - rest.length > 1) return null;
  const before = rest[1] === 'now' ? 'now' : readTime(rest[1] ?? '');
  return before && { before, passwords: args.length > rest.length };
}

async function revoke(
  { secretKeys, revocation }: OperatorTools,
  { before, passwords }: Order,
): Promise<void> {
  const { TimeInFuture } = await import('./modules/bulk-revocation/bulk-revocation.service.js');
  await secretKeys.onModuleInit();
  try {
    const further = passwords ? (['password_credentials'] as const) : [];
    const ended = await revocation.revoke({ before, reason: 'restore', further });
    process.stdout.write(`Ended:\n${Object.entries(ended).map(describe).join('')}`);
  } catch (error) {
    if (!(error instanceof TimeInFuture)) throw error;
    process.stderr.write(`--before ${error.message}.\n`);
    process.exitCode = EX_USAGE;
  }
}

const describe = ([kind, rows]: [string, Ended[keyof Ended]]) => `  ${kind.padEnd(22)} ${rows}\n`;

/** `npm run revoke`: ends all credentials, for an operator. */
await runCommand(HELP, parse, async (order) => {
  const config = loadForCommand();
  const { withOperatorTools } = await import('./boot/operator-tools.js');
  await withOperatorTools(config, (tools) => revoke(tools, order));
});
