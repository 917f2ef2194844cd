/** How work is put together. */
export interface BatchOptions<Item> {
  /** Only items with the same group run together. */
  groupOf: (item: Item) => string;
  /** Two items with the same key never run together. */
  keyOf: (item: Item) => string;
  /** Items of one batch. */
  maxSize: number;
  /** Batches that run at once. */
  maxRunning: number;
}

interface Waiting<Item, Result> {
  item: Item;
  settle: { resolve(result: Result | Promise<Result>): void; reject(error: unknown): void };
}

/**
 * Runs work in batches: what arrives in one tick, or while as many batches run as may, runs together. Items start in the
 * order of their arrival, as far as their groups and keys allow it.
 */
export class Batches<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private running = 0;
  private isScheduled = false;

  /** `run` returns the result of each item, or a promise of it, for which no other batch waits. */
  constructor(
    private readonly options: BatchOptions<Item>,
    private readonly run: (items: Item[]) => Promise<(Result | Promise<Result>)[]>,
  ) {}

  /** Resolves or rejects as the item does in its batch. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, settle: { resolve, reject } });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.isScheduled || this.running >= this.options.maxRunning) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      while (this.waiting.length > 0 && this.running < this.options.maxRunning) void this.start(this.take());
    });
  }

  /** The first that waits, and those that may run together with it. */
  private take(): Waiting<Item, Result>[] {
    const { groupOf, keyOf, maxSize } = this.options;
    const [first] = this.waiting;
    const group = first && groupOf(first.item);
    const [taken, left, keys] = [[] as typeof this.waiting, [] as typeof this.waiting, new Set<string>()];
    for (const one of this.waiting) {
      const key = keyOf(one.item);
      const fits = taken.length < maxSize && groupOf(one.item) === group && !keys.has(key);
      (fits ? taken : left).push(one);
      keys.add(key);
    }
    this.waiting = left;
    return taken;
  }

  private async start(batch: Waiting<Item, Result>[]): Promise<void> {
    this.running += 1;
    try {
      const results = await this.run(batch.map(({ item }) => item));
      for (const [place, { settle }] of batch.entries())
        settle.resolve(results[place] as Result | Promise<Result>);
    } catch (error) {
      for (const { settle } of batch) settle.reject(error);
    } finally {
      this.running -= 1;
      this.schedule();
    }
  }
}
