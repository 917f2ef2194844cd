/** Draws from a seed (mulberry32): a printed seed repeats every choice. */
export class Random {
  constructor(private state: number) {}

  /** From 0 to `below` - 1. */
  integer(below: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  }

  /** Throws if there is nothing to choose from. */
  pick<T>(choices: readonly T[]): T {
    if (choices.length === 0) throw new Error('Nothing to choose from');
    return choices[this.integer(choices.length)] as T;
  }
}
