import { AsyncScope } from '../common/async-scope.js';

type LastWork<Tx> = (tx: Tx) => Promise<void>;

/** The hold under which the present call runs, if any. */
const holds = new AsyncScope<HeldCommit<unknown>>();

/**
 * Keeps the one transaction that some work opens from committing until the work has returned, so that a statement about
 * the result can be its last (`Database.withLast`).
 */
export class HeldCommit<Tx> {
  private transaction: Promise<unknown> | null = null;
  private isOver = false;
  private settle: (last: LastWork<Tx>) => void = () => undefined;
  private readonly last = new Promise<LastWork<Tx>>((resolve) => {
    this.settle = resolve;
  });

  /** The hold that a transaction opened now comes under; null outside `run`, and once the hold is over. */
  static current<Tx>(): HeldCommit<Tx> | null {
    const hold = holds.current;
    return hold && !hold.isOver ? (hold as HeldCommit<Tx>) : null;
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    return holds.run(this as HeldCommit<unknown>, work);
  }

  /**
   * Begins the transaction; `begin` calls its argument when all but the last work is done. Resolves at that moment, or
   * rejects if the transaction ends before. A transaction that failed may be begun again; a second one beside a held
   * one would wait for its locks, and is an error of the program.
   */
  hold<T>(begin: (beforeCommit: (tx: Tx, result: T) => Promise<void>) => Promise<T>): Promise<T> {
    if (this.transaction) throw new Error('A transaction whose commit is held is already open');
    const ready = new Promise<T>((resolve) => {
      this.transaction = begin(async (tx, result) => {
        resolve(result);
        const last = await this.last;
        await last(tx);
      });
    });
    const transaction = this.transaction as unknown as Promise<T>;
    transaction.catch(() => {
      if (!this.isOver) this.transaction = null;
    });
    return Promise.race([ready, transaction]);
  }

  /** Runs the last work in the held transaction, and commits it. Returns false if there is none. */
  async commit(last: LastWork<Tx>): Promise<boolean> {
    this.isOver = true;
    if (!this.transaction) return false;
    this.settle(last);
    await this.transaction;
    return true;
  }

  /** Rolls the held transaction back, if there is one. */
  async rollBack(): Promise<void> {
    this.isOver = true;
    this.settle(() => Promise.reject(new Error('Rolled back')));
    await this.transaction?.catch(() => undefined);
  }
}
