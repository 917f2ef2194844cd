import pg from 'pg';
import { isConnectionLost } from '../common/database-failures.js';
import { traced } from '../common/tracing.js';
import { statementSpan } from './statement-span.js';

type Done = (error: Error | null, result: unknown) => void;

/**
 * A connection that survives neither an unanswered statement nor a fail-over. The driver keeps a connection whose
 * statement timed out on the client, and pools keep one to a server that has become read-only: every later statement on
 * it would fail, too. This one closes itself, so the pool opens another.
 */
export class SupervisedClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    // Without a listener for the whole life of the client, an end between two owners would end the process
    this.on('error', () => undefined);
  }

  override query(...args: unknown[]): never {
    const done = args.at(-1);
    if (typeof done === 'function') {
      args[args.length - 1] = (error: Error | null, result: unknown) => {
        this.closeIfLost(error);
        (done as Done)(error, result);
      };
    }
    const [text] = args;
    const run = (): unknown => super.query(...(args as [string]));
    // Those of `Queries` are objects, and traced there, where the wait for a connection counts, too
    const isTraced = typeof text === 'string' && typeof done !== 'function';
    const result = isTraced
      ? traced(
          () => statementSpan(text),
          () => run() as Promise<unknown>,
        )
      : run();
    if (result instanceof Promise) result.catch((error: unknown) => this.closeIfLost(error));
    return result as never;
  }

  private closeIfLost(error: unknown): void {
    if (!error || !isConnectionLost(error)) return;
    const { stream } = (this as unknown as { connection: { stream: { destroy(): void } } }).connection;
    stream.destroy();
  }
}
