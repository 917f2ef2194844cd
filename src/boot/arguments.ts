import { parseArgs } from 'node:util';
import { UsageError } from './run-command.js';

/** What `gatehouse` was asked for, beside its environment. */
export interface Order {
  /** Null: an ordinary server. */
  ephemeral: { seedFile: string | null } | null;
}

export const HELP = `gatehouse: serves until it gets SIGTERM. The environment configures it; see .env.example.

  --ephemeral      for tests: with a database that is deleted when the server ends, and /dev/reset, /dev/clock and
                   /dev/faults
  --seed <file>    what that database begins with: a JSON file
  --help           prints this
`;

/** Throws UsageError for arguments that do not exist or do not go together, and says which. */
export function parseArguments(args: string[]): Order {
  const { ephemeral = false, seed } = read(args);
  if (!ephemeral && seed !== undefined) throw new UsageError('--seed is for a server with --ephemeral.');
  return { ephemeral: ephemeral ? { seedFile: seed ?? null } : null };
}

function read(args: string[]) {
  try {
    return parseArgs({ args, options: { ephemeral: { type: 'boolean' }, seed: { type: 'string' } } }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
