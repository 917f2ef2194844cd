import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * A value for some work and everything that it awaits. As `AsyncLocalStorage`, but free while no work runs: before Node
 * 24, one that has ever been used keeps hooks on every promise of the process, a tenth of the CPU time of a simple
 * request. Work that is not awaited sees no value once the rest has ended.
 */
export class AsyncScope<T> {
  private readonly storage = new AsyncLocalStorage<T>();
  private running = 0;

  /** The value of the innermost `run` around the present call, if any. */
  get current(): T | undefined {
    return this.storage.getStore();
  }

  async run<R>(value: T, work: () => Promise<R>): Promise<R> {
    this.running += 1;
    try {
      return await this.storage.run(value, work);
    } finally {
      this.running -= 1;
      if (this.running === 0) this.storage.disable();
    }
  }
}
