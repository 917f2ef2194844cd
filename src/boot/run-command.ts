import { exitOnFailure } from './exit-on-failure.js';

/** sysexits.h EX_USAGE: the exit code for wrong arguments. */
export const EX_USAGE = 64;

/** Arguments are wrong, and the message says which. */
export class UsageError extends Error {}

/**
 * Runs a program of the operator on its arguments. `--help` prints the help; arguments that `parse` does not know, for
 * which it returns null or throws UsageError, print it to standard error and exit with EX_USAGE. Failures end as
 * `exitOnFailure` says.
 */
export function runCommand<Order>(
  help: string,
  parse: (args: string[]) => Order | null,
  work: (order: Order) => Promise<void>,
): Promise<void> {
  return exitOnFailure(async () => {
    const args = process.argv.slice(2);
    if (args.includes('--help') || args.includes('-h')) {
      process.stdout.write(help);
      return;
    }
    const order = parsed(parse, args);
    if (order instanceof UsageError) {
      process.stderr.write(`${order.message}\n\n`);
    } else if (order !== null) return work(order);
    process.stderr.write(help);
    process.exitCode = EX_USAGE;
  });
}

function parsed<Order>(parse: (args: string[]) => Order | null, args: string[]): Order | UsageError | null {
  try {
    return parse(args);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
}
