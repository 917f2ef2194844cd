import { parseArgs } from 'node:util';

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

/** Null for arguments that do not exist or do not go together. */
export function parseArguments(args: string[]): Order | null {
  try {
    const { values } = parseArgs({
      args,
      options: { ephemeral: { type: 'boolean' }, seed: { type: 'string' } },
    });
    if (!values.ephemeral) return values.seed === undefined ? { ephemeral: null } : null;
    return { ephemeral: { seedFile: values.seed ?? null } };
  } catch {
    return null;
  }
}
