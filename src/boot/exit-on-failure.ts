import { DatabaseUnsuitable } from '../common/database-failures.js';
import { SecretUnreadable } from '../common/keyring.js';
import { ConfigError } from '../config/config.js';
import { MigrationFailed } from '../database/migrate.js';
import { WorkerFailed } from './workers/worker-failed.js';

/** sysexits.h EX_CONFIG */
const EX_CONFIG = 78;

/**
 * Runs a command. On failure it prints the reason to standard error and exits with 78 for a wrong configuration or
 * an unsuitable database, else with 1.
 */
export async function exitOnFailure(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    // The worker has reported the reason
    if (error instanceof WorkerFailed) process.exit(error.exitCode);
    const isConfiguration =
      error instanceof ConfigError ||
      error instanceof DatabaseUnsuitable ||
      error instanceof SecretUnreadable;
    process.stderr.write(`${isConfiguration ? error.message : explain(error)}\n`);
    process.exit(isConfiguration ? EX_CONFIG : 1);
  }
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof MigrationFailed) return error.message;
  const { code, syscall } = error as { code?: string; syscall?: string };
  if (code === 'EADDRINUSE') return 'The port is taken: set PORT to a free one, or stop what listens there.';
  // A Unix socket that does not exist
  if (code === 'ECONNREFUSED' || (code === 'ENOENT' && syscall === 'connect'))
    return 'The database does not answer: check DATABASE_URL, or unset it for the embedded one.';
  return error.name.startsWith('Embedded') ? error.message : (error.stack ?? error.message);
}
