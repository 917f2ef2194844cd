#!/usr/bin/env node
import './boot/environment-file.js';
import 'reflect-metadata';
import { loadForCommand } from './boot/load-environment.js';
import { EX_USAGE, runCommand } from './boot/run-command.js';
import type { Config } from './config/config.js';
import type { SigningKeyRotation } from './modules/sessions/signing-key-rotation.js';
import type { StoredSigningKey } from './modules/sessions/signing-keys.repository.js';

const HELP = `Usage: npm run signing-keys -- <command>

  list            the keys that access tokens are signed with
  rotate [--now]  sign with the next key; tokens of the present one stay valid until they expire.
                  Refused while caches may not contain the next key; --now overrides that
  remove <kid>... for a key that has leaked: no token that it signed is valid any more, and another key signs

Works on DATABASE_URL, with the SECRET_KEY of the servers; they follow within SIGNING_KEYS_MAX_AGE_SECONDS.
Exit codes: 0 success, 1 refused or failed, ${EX_USAGE} wrong arguments, 78 wrong configuration.
docs/signing-keys.md describes the drills.
`;

interface Command {
  run: (keys: SigningKeyRotation) => Promise<StoredSigningKey[]>;
  /** Printed above the resulting list of keys. */
  done?: (within: string) => string;
}

/** Returns null if the arguments are invalid. A key id may begin with a hyphen; it is not an option. */
function parse([name, ...rest]: string[]): Command | null {
  if (name === 'list' && rest.length === 0) return { run: (keys) => keys.list() };
  if (name === 'rotate' && (rest.length === 0 || rest.join(' ') === '--now')) {
    const isUrgent = rest.length > 0;
    return {
      run: (keys) => keys.rotate({ isUrgent }),
      done: (within) => `Every server signs with the new key ${within}.`,
    };
  }
  if (name === 'remove' && rest.length > 0) {
    return {
      run: (keys) => keys.remove(rest),
      done: (within) => `Every server refuses what the key signed ${within}.`,
    };
  }
  return null;
}

async function execute({ run: work, done }: Command, config: Config): Promise<void> {
  const within = `within ${config.SIGNING_KEYS_MAX_AGE_SECONDS} seconds`;
  const { SigningKeyRefused, withSigningKeys } = await import('./boot/signing-key-tools.js');
  try {
    const keys = await withSigningKeys(config, work);
    process.stdout.write(`${done === undefined ? '' : `${done(within)}\n\n`}${keys.map(describe).join('')}`);
  } catch (error) {
    if (!(error instanceof SigningKeyRefused)) throw error;
    refuse(error.message);
  }
}

function describe({ id, state, createdAt: since, retiredAt: until }: StoredSigningKey): string {
  const times = [since, until].flatMap((time) => (time ? [time.toISOString()] : []));
  return `${[state.padEnd(8), id, ...times].join('  ')}\n`;
}

function refuse(reason: string): void {
  process.stderr.write(`${reason}\n`);
  process.exitCode = 1;
}

/** `npm run signing-keys`: the operator's commands for signing keys. */
await runCommand(HELP, parse, (command) => {
  const config = loadForCommand();
  if (config.SIGNING_ALG !== 'HS256') return execute(command, config);
  refuse('SIGNING_ALG is HS256: there is one key, JWT_SECRET. Change it and start every server.');
  return Promise.resolve();
});
