import { exitOnFailure } from './exit-on-failure.js';

/** sysexits.h EX_USAGE: the exit code for wrong arguments. */
export const EX_USAGE = 64;

/**
 * Runs a program of the operator on its arguments. `--help` prints the help; arguments that `parse` does not know, for
 * which it returns null, print it to standard error and exit with EX_USAGE. Failures end as `exitOnFailure` says.
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
    const order = parse(args);
    if (order) return work(order);
    process.stderr.write(help);
    process.exitCode = EX_USAGE;
  });
}
