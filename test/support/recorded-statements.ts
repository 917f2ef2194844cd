import type { PreparableQuery } from '../../src/database/queries.js';
import type { Transaction } from '../../src/database/transaction.js';

/** The texts of the statements that the transaction runs from now on. */
export function recordStatements(tx: Transaction): string[] {
  const texts: string[] = [];
  const inner = tx as unknown as { run(query: PreparableQuery): Promise<unknown> };
  const run = inner.run.bind(tx);
  inner.run = (query) => {
    texts.push(query.text);
    return run(query);
  };
  return texts;
}
